# labels: none
# why: Vocab is built from the training reviews only, the epoch is chosen on the valid loader, and test is read once after the best weights are loaded.
# hard: the vocabulary is applied to all three parts; tokens unknown to it become <unk>; the valid part is cut from aclImdb/train, the test part is the folder aclImdb/test; train accuracy is printed too.
import argparse
import copy
import pathlib
import re
from collections import Counter

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset, random_split

TOKEN = re.compile(r"[a-z']+")


def tokenize(s):
    return TOKEN.findall(s.replace("<br />", " ").lower())


def read_imdb(root):
    items = []
    for y, name in enumerate(("neg", "pos")):
        for f in sorted(pathlib.Path(root, name).glob("*.txt")):
            items.append((tokenize(f.read_text(encoding="utf8")), y))
    return items


class Vocab:
    def __init__(self, items, size=25000, min_count=3):
        c = Counter()
        for toks, _ in items:
            c.update(toks)
        words = [w for w, n in c.most_common(size) if n >= min_count]
        self.itos = ["<pad>", "<unk>"] + words
        self.stoi = {w: i for i, w in enumerate(self.itos)}

    def __len__(self):
        return len(self.itos)

    def ids(self, toks, maxlen):
        return [self.stoi.get(t, 1) for t in toks[:maxlen]] or [1]


class Reviews(Dataset):
    def __init__(self, items, vocab, maxlen):
        self.rows = [(torch.tensor(vocab.ids(t, maxlen)), y) for t, y in items]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return self.rows[i]


def collate(batch):
    xs, ys = zip(*batch)
    lens = torch.tensor([len(x) for x in xs])
    return pad_sequence(xs, batch_first=True), lens, torch.tensor(ys, dtype=torch.float)


class BiLSTM(nn.Module):
    def __init__(self, n_words, emb=100, hidden=128, drop=0.4):
        super().__init__()
        self.emb = nn.Embedding(n_words, emb, padding_idx=0)
        self.rnn = nn.LSTM(emb, hidden, bidirectional=True, batch_first=True)
        self.drop = nn.Dropout(drop)
        self.out = nn.Linear(2 * hidden, 1)

    def forward(self, x, lens):
        e = self.drop(self.emb(x))
        p = pack_padded_sequence(e, lens.cpu(), batch_first=True, enforce_sorted=False)
        _, (h, _) = self.rnn(p)
        return self.out(self.drop(torch.cat([h[0], h[1]], 1))).squeeze(1)


def run(net, dl, crit, dev, opt=None):
    net.train(opt is not None)
    loss_sum = hits = n = 0
    with torch.set_grad_enabled(opt is not None):
        for x, lens, y in dl:
            x, y = x.to(dev), y.to(dev)
            z = net(x, lens)
            loss = crit(z, y)
            if opt is not None:
                opt.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(net.parameters(), 1.0)
                opt.step()
            loss_sum += loss.item() * len(y)
            hits += ((z > 0) == (y > 0.5)).sum().item()
            n += len(y)
    return loss_sum / n, hits / n


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--root", default="aclImdb")
    ap.add_argument("--epochs", type=int, default=8)
    ap.add_argument("--batch", type=int, default=64)
    ap.add_argument("--maxlen", type=int, default=400)
    ap.add_argument("--seed", type=int, default=3)
    a = ap.parse_args()
    torch.manual_seed(a.seed)
    dev = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")

    full = read_imdb(pathlib.Path(a.root) / "train")
    n_val = len(full) // 10
    train_items, val_items = random_split(full, [len(full) - n_val, n_val])
    test_items = read_imdb(pathlib.Path(a.root) / "test")

    vocab = Vocab(train_items)
    print("vocab", len(vocab), "train", len(train_items), "valid", len(val_items), "test", len(test_items))
    loaders = {
        k: DataLoader(Reviews(items, vocab, a.maxlen), batch_size=a.batch, shuffle=(k == "train"), collate_fn=collate)
        for k, items in (("train", train_items), ("valid", val_items), ("test", test_items))
    }

    net = BiLSTM(len(vocab)).to(dev)
    crit = nn.BCEWithLogitsLoss()
    opt = torch.optim.Adam(net.parameters(), 1e-3)

    best_loss, best_state = float("inf"), None
    for ep in range(1, a.epochs + 1):
        tl, ta = run(net, loaders["train"], crit, dev, opt)
        vl, va = run(net, loaders["valid"], crit, dev)
        print(f"{ep:2d} train {tl:.4f}/{ta:.4f} valid {vl:.4f}/{va:.4f}")
        if vl < best_loss:
            best_loss, best_state = vl, copy.deepcopy(net.state_dict())

    net.load_state_dict(best_state)
    print("test loss %.4f acc %.4f" % run(net, loaders["test"], crit, dev))
    torch.save({"state": best_state, "itos": vocab.itos}, "bilstm.pt")


if __name__ == "__main__":
    main()
