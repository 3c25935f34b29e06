# labels: NB2
# why: half-overlapping accelerometer windows (step 40, length 80) are split at random, so neighbours of a test window that hold the same samples are in training
# hard: the windows themselves are built correctly; the scaler is fitted on the training windows
import os
import sys
import logging

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import classification_report, f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

logging.basicConfig(level=logging.INFO, format='%(asctime)s %(message)s')
log = logging.getLogger('wisdm')

WINDOW = 80
STEP = 40
RANDOM_SEED = 42
COLUMNS = ['user', 'activity', 'timestamp', 'x-axis', 'y-axis', 'z-axis']


def load(path):
    df = pd.read_csv(path, header=None, names=COLUMNS)
    df['z-axis'] = df['z-axis'].astype(str).str.replace(';', '', regex=False).astype(float)
    return df.dropna()


def segment(df):
    segments, labels = [], []
    for i in range(0, len(df) - WINDOW, STEP):
        xs = df['x-axis'].values[i: i + WINDOW]
        ys = df['y-axis'].values[i: i + WINDOW]
        zs = df['z-axis'].values[i: i + WINDOW]
        label = stats.mode(df['activity'].values[i: i + WINDOW])[0]
        segments.append([xs, ys, zs])
        labels.append(label)
    return np.asarray(segments, dtype=np.float32), np.asarray(labels).ravel()


def describe(seg):
    """Mean, std, max, min and energy per axis."""
    parts = [seg.mean(axis=2), seg.std(axis=2), seg.max(axis=2), seg.min(axis=2),
             (seg ** 2).sum(axis=2) / WINDOW]
    return np.hstack(parts)


def main(path):
    df = load(path)
    log.info('%d rows, %d users', len(df), df.user.nunique())
    seg, labels = segment(df)
    X = describe(seg)
    log.info('features %s', X.shape)

    X_train, X_test, y_train, y_test = train_test_split(
        X, labels, test_size=0.2, random_state=RANDOM_SEED, stratify=labels)

    scaler = StandardScaler().fit(X_train)
    forest = RandomForestClassifier(n_estimators=300, n_jobs=-1, random_state=RANDOM_SEED)
    forest.fit(scaler.transform(X_train), y_train)

    pred = forest.predict(scaler.transform(X_test))
    print(classification_report(y_test, pred))
    log.info('macro f1 %.4f', f1_score(y_test, pred, average='macro'))


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join('data', 'WISDM_ar_v1.1_raw.txt'))
