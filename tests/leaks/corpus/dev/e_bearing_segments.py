# labels: NB2
# why: segment() steps 256 samples through 2048-sample windows of the same vibration record, and KFold(shuffle=True) deals these overlapping windows into training and test folds.
# hard: the scaler is inside make_pipeline and refitted per fold; the mean of folds looks like a correct cross-validation; only the hop length shows the shared samples.
"""
Fault diagnosis on the CWRU bearing data, drive end, 12 kHz, 1 hp.
Time domain + envelope spectrum features, random forest.
"""
import os
import urllib.request

import numpy as np
import pandas as pd
from scipy.io import loadmat
from scipy.signal import hilbert
from scipy.stats import kurtosis, skew
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import KFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FILES = {'normal': '98', 'inner_007': '106', 'ball_007': '119', 'outer_007': '131',
         'inner_014': '170', 'ball_014': '186', 'outer_014': '198',
         'inner_021': '210', 'ball_021': '223', 'outer_021': '235'}
URL = 'https://engineering.case.edu/sites/default/files/%s.mat'
FS = 12000
N = 2048
HOP = 256


def fetch(num, folder='cwru'):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, num + '.mat')
    if not os.path.exists(path):
        urllib.request.urlretrieve(URL % num, path)
    mat = loadmat(path)
    key = [k for k in mat if k.endswith('DE_time')][0]
    return mat[key].ravel()


def segment(signal):
    n = (len(signal) - N) // HOP + 1
    idx = np.arange(N)[None, :] + HOP * np.arange(n)[:, None]
    return signal[idx]


def features(seg):
    rms = np.sqrt((seg ** 2).mean(1))
    peak = np.abs(seg).max(1)
    f = {
        'mean': seg.mean(1), 'std': seg.std(1), 'rms': rms, 'peak': peak,
        'skew': skew(seg, axis=1), 'kurt': kurtosis(seg, axis=1),
        'crest': peak / rms, 'shape': rms / np.abs(seg).mean(1),
        'impulse': peak / np.abs(seg).mean(1),
    }
    env = np.abs(hilbert(seg, axis=1))
    spec = np.abs(np.fft.rfft(env - env.mean(1, keepdims=True), axis=1))
    freq = np.fft.rfftfreq(N, 1 / FS)
    for name, fc in (('bpfi', 159.9), ('bpfo', 105.9), ('bsf', 139.2)):
        f[name] = spec[:, np.abs(freq - fc) < 6].max(1)
    return pd.DataFrame(f)


frames = []
for label, num in FILES.items():
    d = features(segment(fetch(num)))
    d['label'] = label
    frames.append(d)
    print('%-10s %d' % (label, len(d)))
table = pd.concat(frames, ignore_index=True)
table.to_csv('features.csv', index=False)

X = table.drop(columns='label')
y = table['label']

clf = make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=300, n_jobs=-1, random_state=0))
cv = KFold(n_splits=5, shuffle=True, random_state=0)
res = cross_validate(clf, X, y, cv=cv, scoring=('accuracy', 'f1_macro'))
print('accuracy %.4f +- %.4f' % (res['test_accuracy'].mean(), res['test_accuracy'].std()))
print('macro F1 %.4f' % res['test_f1_macro'].mean())
