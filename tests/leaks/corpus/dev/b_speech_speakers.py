# labels: none
# why: speakers (not clips) are dealt into learn, tune and final; normalisation and the noisy copies belong to learn, the margin and the epoch are picked on tune, final is scored once
# hard: augmentation, best-epoch bookkeeping and a threshold search in one script; per-clip cepstral mean subtraction is row-wise
"""Keyword spotting for one command of the Speech Commands set.

usage: kws.py ROOT [--word marvin] [--noise ROOT/_background_noise_]
"""
import argparse
import collections
import logging
import pathlib
import random

import librosa
import numpy as np
import soundfile as sf
from sklearn.metrics import precision_recall_curve, roc_auc_score
from sklearn.neural_network import MLPClassifier

SR = 16000
log = logging.getLogger('kws')


class Clip:
    __slots__ = ('path', 'speaker', 'word')

    def __init__(self, path):
        self.path = path
        self.word = path.parent.name
        self.speaker = path.stem.split('_nohash_')[0]

    def wave(self):
        x, sr = sf.read(self.path, dtype='float32')
        assert sr == SR
        return np.pad(x[:SR], (0, max(0, SR - len(x))))


def mfcc(wave):
    m = librosa.feature.mfcc(y=wave, sr=SR, n_mfcc=13, n_fft=512, hop_length=320)
    m = m - m.mean(axis=1, keepdims=True)
    d = librosa.feature.delta(m)
    return np.concatenate([m.ravel(), d.ravel()]).astype('float32')


def deal(clips, seed):
    """Speakers into three hands, 70 / 15 / 15."""
    by = collections.defaultdict(list)
    for c in clips:
        by[c.speaker].append(c)
    who = sorted(by)
    random.Random(seed).shuffle(who)
    a, b = int(.7 * len(who)), int(.85 * len(who))
    hands = [[c for s in part for c in by[s]] for part in (who[:a], who[a:b], who[b:])]
    log.info('%d speakers; clips %s', len(who), [len(h) for h in hands])
    return hands


def noisy(wave, noises, rng):
    n = noises[rng.integers(len(noises))]
    at = rng.integers(len(n) - SR)
    shift = int(rng.integers(-1600, 1600))
    return np.roll(wave, shift) + rng.uniform(.02, .2) * n[at:at + SR]


def table(clips, word, noises=None, copies=0, seed=0):
    rng = np.random.default_rng(seed)
    X, y = [], []
    for c in clips:
        w = c.wave()
        X.append(mfcc(w))
        y.append(c.word == word)
        if c.word == word and noises:
            for _ in range(copies):
                X.append(mfcc(noisy(w, noises, rng)))
                y.append(True)
    return np.stack(X), np.array(y, dtype=int)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('root', type=pathlib.Path)
    ap.add_argument('--word', default='marvin')
    ap.add_argument('--noise', type=pathlib.Path)
    ap.add_argument('--others', type=int, default=6000)
    ap.add_argument('--epochs', type=int, default=30)
    ap.add_argument('--seed', type=int, default=17)
    o = ap.parse_args()
    logging.basicConfig(level=logging.INFO)

    clips = [Clip(p) for p in sorted(o.root.glob('*/*.wav')) if '_nohash_' in p.name]
    other = [c for c in clips if c.word != o.word]
    random.Random(o.seed).shuffle(other)
    clips = [c for c in clips if c.word == o.word] + other[:o.others]
    noises = [sf.read(p, dtype='float32')[0] for p in (o.noise or o.root / '_background_noise_').glob('*.wav')]

    learn, tune, final = deal(clips, o.seed)
    X, y = table(learn, o.word, noises, copies=4, seed=o.seed)
    Xt, yt = table(tune, o.word)
    m, s = X.mean(0), X.std(0) + 1e-6
    X, Xt = (X - m) / s, (Xt - m) / s

    net = MLPClassifier((128, 64), alpha=1e-3, random_state=o.seed)
    best = (-1, None, None)
    rng = np.random.default_rng(o.seed)
    for epoch in range(o.epochs):
        for ix in np.array_split(rng.permutation(len(X)), len(X) // 128):
            net.partial_fit(X[ix], y[ix], classes=[0, 1])
        auc = roc_auc_score(yt, net.predict_proba(Xt)[:, 1])
        if auc > best[0]:
            best = (auc, epoch, [w.copy() for w in net.coefs_] + [b.copy() for b in net.intercepts_])
    auc, epoch, weights = best
    k = len(net.coefs_)
    net.coefs_, net.intercepts_ = weights[:k], weights[k:]
    log.info('epoch %d, tune AUC %.4f', epoch, auc)

    prec, rec, thr = precision_recall_curve(yt, net.predict_proba(Xt)[:, 1])
    margin = thr[np.argmax(2 * prec[:-1] * rec[:-1] / (prec[:-1] + rec[:-1] + 1e-9))]

    Xf, yf = table(final, o.word)
    p = net.predict_proba((Xf - m) / s)[:, 1]
    alarm = p >= margin
    print('AUC %.4f' % roc_auc_score(yf, p))
    print('misses %.3f  false alarms %.4f' % (np.mean(~alarm[yf == 1]), np.mean(alarm[yf == 0])))


if __name__ == '__main__':
    main()
