# labels: none
# why: whole bearings are kept aside (hold), windows are cut per bearing after that, mean and std come from the training bearings
# hard: half-overlapping windows and a random shuffle of batches, but a window never shares a bearing with the other side
import glob
import os
import numpy as np
import tensorflow as tf

FS, L, HOP = 25600, 2560, 1280
HOLD = {'Bearing1_3', 'Bearing2_4', 'Bearing3_1'}


def bearing(path):
    """(n, 2) vibration and a health label per file: the last third of a run counts as worn."""
    files = sorted(glob.glob(os.path.join(path, 'acc_*.csv')))
    for k, fn in enumerate(files):
        a = np.genfromtxt(fn, delimiter=',', usecols=(4, 5), dtype='float32')
        yield a, int(k > 2 * len(files) / 3)


def windows(paths):
    xs, ys = [], []
    for p in paths:
        for a, worn in bearing(p):
            for s in range(0, len(a) - L + 1, HOP):
                xs.append(a[s:s + L])
                ys.append(worn)
    return np.stack(xs), np.array(ys, 'float32')


runs = sorted(glob.glob('femto/Bearing*_*'))
hold = [r for r in runs if os.path.basename(r) in HOLD]
learn = [r for r in runs if r not in hold]

x, y = windows(learn)
xh, yh = windows(hold)
m, s = x.mean((0, 1)), x.std((0, 1))
x, xh = (x - m) / s, (xh - m) / s

net = tf.keras.Sequential([
    tf.keras.layers.Conv1D(16, 64, strides=8, activation='relu', input_shape=(L, 2)),
    tf.keras.layers.MaxPool1D(2),
    tf.keras.layers.Conv1D(32, 8, activation='relu'),
    tf.keras.layers.GlobalAveragePooling1D(),
    tf.keras.layers.Dense(1, activation='sigmoid'),
])
net.compile(tf.keras.optimizers.Adam(3e-4), 'binary_crossentropy', metrics=['AUC'])
net.fit(x, y, epochs=15, batch_size=256, shuffle=True)

p = net.predict(xh)[:, 0]
tp, fp = np.sum((p > .5) & (yh == 1)), np.sum((p > .5) & (yh == 0))
fn = np.sum((p <= .5) & (yh == 1))
print('precision %.3f recall %.3f' % (tp / (tp + fp), tp / (tp + fn)))
