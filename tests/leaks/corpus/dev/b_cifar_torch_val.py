# labels: none
# why: the best epoch is picked on val_loader (a random_split of the training images); test_loader is used once after the weights are loaded
# hard: same shape of loop as the scripts that pick the epoch on the test set
import argparse
import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, transforms


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.fc1 = nn.Linear(64 * 8 * 8, 256)
        self.fc2 = nn.Linear(256, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        return self.fc2(F.dropout(F.relu(self.fc1(x)), 0.5, self.training))


@torch.no_grad()
def accuracy(model, loader, device):
    model.eval()
    hit = n = 0
    for x, t in loader:
        x, t = x.to(device), t.to(device)
        hit += (model(x).argmax(1) == t).sum().item()
        n += len(t)
    return hit / n


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--epochs', type=int, default=30)
    p.add_argument('--bs', type=int, default=128)
    p.add_argument('--seed', type=int, default=0)
    args = p.parse_args()
    torch.manual_seed(args.seed)
    device = torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')

    tf = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,) * 3, (0.5,) * 3)])
    full = datasets.CIFAR10('data', train=True, download=True, transform=tf)
    test_set = datasets.CIFAR10('data', train=False, transform=tf)
    train_set, val_set = random_split(full, [45000, 5000],
                                      generator=torch.Generator().manual_seed(args.seed))
    train_loader = DataLoader(train_set, batch_size=args.bs, shuffle=True)
    val_loader = DataLoader(val_set, batch_size=500)
    test_loader = DataLoader(test_set, batch_size=500)

    model = Net().to(device)
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    best, best_state, bad = 0.0, None, 0
    for ep in range(args.epochs):
        model.train()
        for x, t in train_loader:
            opt.zero_grad()
            loss = F.cross_entropy(model(x.to(device)), t.to(device))
            loss.backward()
            opt.step()
        acc = accuracy(model, val_loader, device)
        print(f'epoch {ep:3d}  loss {loss.item():.3f}  val acc {acc:.4f}')
        if acc > best:
            best, best_state, bad = acc, copy.deepcopy(model.state_dict()), 0
        else:
            bad += 1
            if bad == 5:
                break

    model.load_state_dict(best_state)
    print(f'test acc {accuracy(model, test_loader, device):.4f}')


if __name__ == '__main__':
    main()
