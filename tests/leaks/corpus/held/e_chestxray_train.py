# labels: none
# why: patients are divided among train, val and test by GroupShuffleSplit; the best epoch is chosen on the val loader and the test loader is read once after loading best.pt.
# hard: three loaders and an evaluate() used for val each epoch and for test once; channel statistics are ImageNet constants; several architectures are selectable by argument but one is run.
import argparse
import json
import os
import random

import numpy as np
import pandas as pd
import torch
import torch.nn as nn
from PIL import Image
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit
from torch.utils.data import DataLoader, Dataset
from torchvision import models, transforms

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
LABELS = ["Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule",
          "Pneumonia", "Pneumothorax"]


def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.cuda.manual_seed_all(seed)


class ChestXray(Dataset):
    def __init__(self, df, root, tfm):
        self.df = df.reset_index(drop=True)
        self.root = root
        self.tfm = tfm
        self.y = np.stack([self.df["Finding Labels"].str.contains(l).values for l in LABELS], 1).astype("float32")

    def __len__(self):
        return len(self.df)

    def __getitem__(self, i):
        img = Image.open(os.path.join(self.root, self.df.at[i, "Image Index"])).convert("RGB")
        return self.tfm(img), torch.from_numpy(self.y[i])


def get_transforms(size):
    train = transforms.Compose([
        transforms.RandomResizedCrop(size, scale=(0.8, 1.0)),
        transforms.RandomHorizontalFlip(),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, STD),
    ])
    plain = transforms.Compose([
        transforms.Resize(size + 32),
        transforms.CenterCrop(size),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, STD),
    ])
    return train, plain


def split_patients(df, seed):
    outer = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=seed)
    rest, test = next(outer.split(df, groups=df["Patient ID"]))
    rest_df, test_df = df.iloc[rest], df.iloc[test]
    inner = GroupShuffleSplit(n_splits=1, test_size=0.125, random_state=seed)
    tr, va = next(inner.split(rest_df, groups=rest_df["Patient ID"]))
    return rest_df.iloc[tr], rest_df.iloc[va], test_df


def build(name, n_out):
    if name == "resnet50":
        net = models.resnet50(pretrained=True)
        net.fc = nn.Linear(net.fc.in_features, n_out)
    elif name == "densenet121":
        net = models.densenet121(pretrained=True)
        net.classifier = nn.Linear(net.classifier.in_features, n_out)
    else:
        raise ValueError(name)
    return net


@torch.no_grad()
def evaluate(net, loader, device):
    net.eval()
    ps, ys = [], []
    for x, y in loader:
        ps.append(torch.sigmoid(net(x.to(device))).cpu().numpy())
        ys.append(y.numpy())
    p, y = np.concatenate(ps), np.concatenate(ys)
    return {l: roc_auc_score(y[:, j], p[:, j]) for j, l in enumerate(LABELS)}


def train_epoch(net, loader, opt, crit, device):
    net.train()
    total = 0.0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        opt.zero_grad()
        loss = crit(net(x), y)
        loss.backward()
        opt.step()
        total += loss.item() * len(x)
    return total / len(loader.dataset)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--csv", default="Data_Entry_2017.csv")
    p.add_argument("--images", default="images")
    p.add_argument("--arch", default="densenet121", choices=["resnet50", "densenet121"])
    p.add_argument("--epochs", type=int, default=15)
    p.add_argument("--lr", type=float, default=1e-4)
    p.add_argument("--bs", type=int, default=32)
    p.add_argument("--size", type=int, default=224)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--out", default="runs/cxr")
    args = p.parse_args()

    seed_everything(args.seed)
    os.makedirs(args.out, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"

    df = pd.read_csv(args.csv)
    train_df, val_df, test_df = split_patients(df, args.seed)
    t_train, t_plain = get_transforms(args.size)
    kw = dict(batch_size=args.bs, num_workers=8, pin_memory=True)
    train_dl = DataLoader(ChestXray(train_df, args.images, t_train), shuffle=True, **kw)
    val_dl = DataLoader(ChestXray(val_df, args.images, t_plain), **kw)
    test_dl = DataLoader(ChestXray(test_df, args.images, t_plain), **kw)

    net = build(args.arch, len(LABELS)).to(device)
    opt = torch.optim.Adam(net.parameters(), lr=args.lr, weight_decay=1e-5)
    sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, mode="max", patience=1, factor=0.1)
    crit = nn.BCEWithLogitsLoss()

    best = 0.0
    ckpt = os.path.join(args.out, "best.pt")
    for ep in range(args.epochs):
        loss = train_epoch(net, train_dl, opt, crit, device)
        auc = np.mean(list(evaluate(net, val_dl, device).values()))
        sched.step(auc)
        print("epoch %02d loss %.4f val auc %.4f" % (ep, loss, auc))
        if auc > best:
            best = auc
            torch.save(net.state_dict(), ckpt)

    net.load_state_dict(torch.load(ckpt))
    scores = evaluate(net, test_dl, device)
    for k, v in scores.items():
        print("%-14s %.4f" % (k, v))
    print("mean", np.mean(list(scores.values())))
    json.dump(scores, open(os.path.join(args.out, "test.json"), "w"), indent=1)


if __name__ == "__main__":
    main()
