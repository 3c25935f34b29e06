# labels: NB2
# why: the training slice is [:1200] and the test slice [1000:], so rows 1000-1199 of the shuffled data are in both
# hard: the shuffle, the scaling by the first 1000 rows and the manual MLP are all right; only two literals disagree
import numpy as np

data = np.loadtxt('airfoil_self_noise.dat')
np.random.seed(6)
np.random.shuffle(data)

x_train, t_train = data[:1200, :5], data[:1200, 5:]
x_test, t_test = data[1000:, :5], data[1000:, 5:]

mu, sd = data[:1000, :5].mean(0), data[:1000, :5].std(0)
x_train = (x_train - mu) / sd
x_test = (x_test - mu) / sd
t_mu, t_sd = data[:1000, 5].mean(), data[:1000, 5].std()


class MLP:
    def __init__(self, n_in, n_hid, lr=0.01):
        self.W1 = np.random.randn(n_in, n_hid) / np.sqrt(n_in)
        self.b1 = np.zeros(n_hid)
        self.W2 = np.random.randn(n_hid, 1) / np.sqrt(n_hid)
        self.b2 = np.zeros(1)
        self.lr = lr

    def forward(self, x):
        self.h = np.tanh(x @ self.W1 + self.b1)
        return self.h @ self.W2 + self.b2

    def step(self, x, t):
        out = self.forward(x)
        d = (out - t) / len(x)
        dh = (d @ self.W2.T) * (1 - self.h ** 2)
        self.W2 -= self.lr * self.h.T @ d
        self.b2 -= self.lr * d.sum(0)
        self.W1 -= self.lr * x.T @ dh
        self.b1 -= self.lr * dh.sum(0)
        return 0.5 * float(((out - t) ** 2).mean())


net = MLP(5, 40, lr=0.1)
for epoch in range(300):
    order = np.random.permutation(len(x_train))
    losses = [net.step(x_train[b], (t_train[b] - t_mu) / t_sd) for b in np.array_split(order, 40)]
    if epoch % 50 == 0:
        print(epoch, np.mean(losses))

pred = net.forward(x_test) * t_sd + t_mu
print('RMSE (dB): %.3f' % np.sqrt(((pred - t_test) ** 2).mean()))
ss_res, ss_tot = ((pred - t_test) ** 2).sum(), ((t_test - t_test.mean()) ** 2).sum()
print('R2: %.3f' % (1 - ss_res / ss_tot))
