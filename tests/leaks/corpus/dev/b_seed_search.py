# labels: NB3
# why: search() trains a net for each random setting and each seed, looks at split['eval'] every time and keeps the best; the reported error is the best one on the same eval arrays
# hard: the part is called eval, chosen with np.split; there is no other held-out part although the parser offers --final, which is never read
"""Random search for a small MLP on the superconductivity data (UCI 464)."""
import argparse
import csv
import json
import logging
import math
import random
import time
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import nn

log = logging.getLogger('search')


@dataclass
class Setting:
    hidden: int
    layers: int
    dropout: float
    lr: float
    decay: float
    batch: int
    seed: int

    @classmethod
    def draw(cls, rng):
        return cls(hidden=rng.choice([64, 128, 256, 512]),
                   layers=rng.randint(1, 4),
                   dropout=round(rng.uniform(0, .5), 2),
                   lr=10 ** rng.uniform(-4, -2),
                   decay=10 ** rng.uniform(-6, -3),
                   batch=rng.choice([64, 256, 1024]),
                   seed=rng.randrange(10 ** 6))


def read(path):
    with open(path, newline='') as fh:
        rows = list(csv.reader(fh))
    head, body = rows[0], np.array(rows[1:], dtype=np.float32)
    t = head.index('critical_temp')
    return np.delete(body, t, axis=1), body[:, t]


def cut(X, y, share, seed):
    order = np.random.RandomState(seed).permutation(len(X))
    fit_ix, eval_ix = np.split(order, [int(len(X) * (1 - share))])
    mu, sd = X[fit_ix].mean(0), X[fit_ix].std(0) + 1e-8
    Z = (X - mu) / sd
    as_t = lambda a: torch.from_numpy(np.ascontiguousarray(a))
    return {'fit': (as_t(Z[fit_ix]), as_t(y[fit_ix])), 'eval': (as_t(Z[eval_ix]), as_t(y[eval_ix]))}


def build(n_in, s):
    parts, width = [], n_in
    for _ in range(s.layers):
        parts += [nn.Linear(width, s.hidden), nn.ReLU(), nn.Dropout(s.dropout)]
        width = s.hidden
    return nn.Sequential(*parts, nn.Linear(width, 1), nn.Flatten(0))


def rmse(net, part):
    net.eval()
    with torch.no_grad():
        return math.sqrt(nn.functional.mse_loss(net(part[0]), part[1]).item())


def train(split, s, epochs):
    torch.manual_seed(s.seed)
    X, y = split['fit']
    net = build(X.shape[1], s)
    opt = torch.optim.AdamW(net.parameters(), lr=s.lr, weight_decay=s.decay)
    for _ in range(epochs):
        net.train()
        for ix in torch.randperm(len(X)).split(s.batch):
            opt.zero_grad()
            nn.functional.smooth_l1_loss(net(X[ix]), y[ix]).backward()
            opt.step()
    return net


def search(split, budget, epochs, seed):
    rng = random.Random(seed)
    found = (math.inf, None, None)
    for n in range(budget):
        s = Setting.draw(rng)
        tick = time.time()
        net = train(split, s, epochs)
        e = rmse(net, split['eval'])
        log.info('%3d  %.3f K  (fit %.3f K)  %s  %.0f s', n, e, rmse(net, split['fit']), s, time.time() - tick)
        if e < found[0]:
            found = e, s, net
    return found


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('csv')
    p.add_argument('--budget', type=int, default=60)
    p.add_argument('--epochs', type=int, default=40)
    p.add_argument('--share', type=float, default=.2)
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--final', help='csv with further compounds')
    a = p.parse_args()
    logging.basicConfig(level=logging.INFO, format='%(message)s')
    X, y = read(a.csv)
    split = cut(X, y, a.share, a.seed)
    err, s, net = search(split, a.budget, a.epochs, a.seed)
    print('RMSE %.2f K' % err)
    with open('best.json', 'w') as fh:
        json.dump(dict(asdict(s), rmse=err), fh, indent=1)
    torch.save(net.state_dict(), 'best.pt')


if __name__ == '__main__':
    main()
