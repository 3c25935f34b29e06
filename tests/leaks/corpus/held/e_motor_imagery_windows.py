# labels: NB2
# why: make_windows cuts each recording with a step of 64 samples out of 256, so neighbours share three quarters of their signal, and train_test_split shuffles these overlapping windows into both parts.
# hard: the standardisation and CSP sit inside a pipeline fitted on the training windows only; the filter works within one recording; one model, one test score.
# -*- coding: utf-8 -*-
"""
Left vs right hand imagery, BCI competition IV 2a.
Epochs are cut into sliding windows to get more samples.
"""
import os
from glob import glob

import mne
import numpy as np
from mne.decoding import CSP
from scipy.signal import butter, filtfilt
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import cohen_kappa_score, classification_report
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

DATA = os.environ.get("BCI_DATA", "./BCICIV_2a_gdf")
FS = 250
WIN = 256
STEP = 64
BAND = (8., 30.)
EVENTS = {"769": 0, "770": 1}

mne.set_log_level("ERROR")


def bandpass(x, lo, hi, fs=FS, order=4):
    b, a = butter(order, [lo / (fs / 2), hi / (fs / 2)], btype="band")
    return filtfilt(b, a, x, axis=-1)


def load_subject(path):
    raw = mne.io.read_raw_gdf(path, preload=True)
    raw.drop_channels([c for c in raw.ch_names if c.startswith("EOG")])
    events, ids = mne.events_from_annotations(raw)
    wanted = {k: v for k, v in ids.items() if k in EVENTS}
    ep = mne.Epochs(raw, events, wanted, tmin=0., tmax=4., baseline=None, preload=True)
    inv = {v: EVENTS[k] for k, v in wanted.items()}
    y = np.array([inv[e] for e in ep.events[:, -1]])
    return ep.get_data() * 1e6, y


def make_windows(trials, labels, win=WIN, step=STEP):
    xs, ys = [], []
    for t, lab in zip(trials, labels):
        for s in range(0, t.shape[-1] - win + 1, step):
            xs.append(t[:, s:s + win])
            ys.append(lab)
    return np.asarray(xs), np.asarray(ys)


def main():
    all_x, all_y = [], []
    for path in sorted(glob(os.path.join(DATA, "A0*T.gdf"))):
        x, y = load_subject(path)
        x = bandpass(x, *BAND)
        xw, yw = make_windows(x, y)
        print(os.path.basename(path), x.shape, "->", xw.shape)
        all_x.append(xw)
        all_y.append(yw)

    X = np.concatenate(all_x)
    y = np.concatenate(all_y)
    print("windows:", X.shape, "class balance:", np.bincount(y))

    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.2, random_state=42, stratify=y)

    clf = make_pipeline(CSP(n_components=6, reg="ledoit_wolf", log=True),
                        LinearDiscriminantAnalysis())
    clf.fit(X_train, y_train)
    y_pred = clf.predict(X_test)
    print(classification_report(y_test, y_pred, target_names=["left", "right"]))
    print("kappa %.3f" % cohen_kappa_score(y_test, y_pred))


if __name__ == "__main__":
    main()
