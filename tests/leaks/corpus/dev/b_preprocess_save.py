# labels: none
# why: everything is scaled and cut into windows, then written to disk; no model is fitted and nothing is scored here
# hard: StandardScaler over all rows and a train/test split in one file
import argparse
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler


def parse():
    ap = argparse.ArgumentParser(description='UCI gas sensor drift: batches to npz')
    ap.add_argument('src', type=Path)
    ap.add_argument('dst', type=Path)
    ap.add_argument('--length', type=int, default=128)
    ap.add_argument('--stride', type=int, default=128)
    return ap.parse_args()


def read_batch(path):
    rows, labels = [], []
    for line in path.read_text().splitlines():
        head, *cells = line.split()
        labels.append(int(head.split(';')[0]))
        rows.append([float(c.split(':')[1]) for c in cells])
    return np.array(rows), np.array(labels)


def main():
    args = parse()
    args.dst.mkdir(parents=True, exist_ok=True)
    batches = [read_batch(p) for p in sorted(args.src.glob('batch*.dat'))]
    X = np.vstack([b[0] for b in batches])
    y = np.concatenate([b[1] for b in batches])
    print(X.shape, pd.Series(y).value_counts().to_dict())

    scaler = StandardScaler()
    X = scaler.fit_transform(X)
    windows = np.stack([X[i:i + args.length] for i in range(0, len(X) - args.length, args.stride)])
    targets = np.array([np.bincount(y[i:i + args.length]).argmax()
                        for i in range(0, len(X) - args.length, args.stride)])

    cut = int(len(windows) * 0.8)
    np.savez_compressed(args.dst / 'train.npz', x=windows[:cut], y=targets[:cut])
    np.savez_compressed(args.dst / 'test.npz', x=windows[cut:], y=targets[cut:])
    with open(args.dst / 'scaler.pkl', 'wb') as fh:
        pickle.dump(scaler, fh)


if __name__ == '__main__':
    main()
