# %%
df['is_train'] = np.random.rand(len(df)) < 0.75
train, test = (df[df['is_train']], df[~df['is_train']])
m = LinearRegression().fit(train[['a']], train['y'])
m.score(test[['a']], test['y'])
# %%
train = df.groupby('y').sample(frac=0.8)
test = df.drop(train.index)
m = LinearRegression().fit(train[['a']], train['y'])
m.score(test[['a']], test['y'])
# %%
train = df.groupby('y', group_keys=False).apply(lambda g: g.sample(frac=0.8))
test = df[~df.index.isin(train.index)]
m = LinearRegression().fit(train[['a']], train['y'])
m.score(test[['a']], test['y'])
# %%
tr = np.random.choice(df.index, 800, replace=False)
te = np.setdiff1d(df.index, tr)
train, test = (df.loc[tr], df.loc[te])
m = LinearRegression().fit(train[['a']], train['y'])
m.score(test[['a']], test['y'])
# %%
df['age'] = df['year'].max() - df['year']
judged(df[['age']])
# %%
df['age'] = df.year - df.year.min()
judged(df[['age']])
# %%
df = pd.read_csv('a.csv')
train, test = (df[df.day.isin([1, 2, 3])], df[df.day.isin([4, 5])])
m = Ridge().fit(train[['a']], train.y)
print(m.score(test[['a']], test.y))
# %%
df = pd.read_csv('a.csv')
ids = df.user.unique()
np.random.shuffle(ids)
train, test = (df[df.user.isin(ids[:80])], df[df.user.isin(ids[80:])])
m = Ridge().fit(train[['a']], train.y)
print(m.score(test[['a']], test.y))
# %%
df = pd.read_csv('a.csv')
years = sorted(df.year.unique())
train = df[df.year.isin(years[:-1])]
test = df[df.year.isin(years[-1:])]
m = Ridge().fit(train[['a']], train.y)
print(m.score(test[['a']], test.y))
# %%
df = pd.read_csv('a.csv')
idx = np.random.permutation(df.index)
train, test = (df.loc[idx[:600]], df.loc[idx[600:]])
m = Ridge().fit(train[['a']], train.y)
print(m.score(test[['a']], test.y))
# %%
df = pd.read_csv('a.csv')
idx = df.index.tolist()
random.shuffle(idx)
train, test = (df.loc[idx[:600]], df.loc[idx[600:]])
m = Ridge().fit(train[['a']], train.y)
print(m.score(test[['a']], test.y))
# %%
tr = pd.read_csv('train.csv')
te = pd.read_csv('test.csv')
X, y = (tr.drop(columns='y'), tr.y)
X_train, X_val, y_train, y_val = train_test_split(X, y)
m = xgb.XGBRegressor()
m.fit(X_train, y_train, eval_set=[(X_val, y_val)], early_stopping_rounds=10)
print(mean_absolute_error(y_val, m.predict(X_val)))
te['y'] = m.predict(te)
# %%
tr = pd.read_csv('train.csv')
te = pd.read_csv('test.csv')
X, y = (tr.drop(columns='y'), tr.y)
X_train, X_val, y_train, y_val = train_test_split(X, y)
m = Sequential([Dense(1)])
m.compile('adam', 'mse')
m.fit(X_train, y_train, epochs=10, validation_data=(X_val, y_val))
print(confusion_matrix(y_val, m.predict(X_val) > 0.5))
sub = m.predict(te)
# %%
tr = pd.read_csv('train.csv')
te = pd.read_csv('test.csv')
X, y = (tr.drop(columns='y'), tr.y)
X_train, X_val, y_train, y_val = train_test_split(X, y)
m1 = Ridge().fit(X_train, y_train)
print(m1.score(X_val, y_val))
m2 = RandomForestRegressor().fit(X_train, y_train)
print(m2.score(X_val, y_val))
te['y'] = m2.predict(te)
# %%
df = pd.read_csv('a.csv')
df = df.loc[:, df.isnull().mean() < 0.3]
a, b = train_test_split(df)
print(Ridge().fit(a.drop(columns='y'), a.y).score(b.drop(columns='y'), b.y))
# %%
df = pd.read_csv('a.csv')
miss = df.isnull().mean()
df = df.drop(columns=miss[miss > 0.5].index)
a, b = train_test_split(df)
print(Ridge().fit(a.drop(columns='y'), a.y).score(b.drop(columns='y'), b.y))
# %%
df = pd.read_csv('a.csv')
maxlen = max((len(t.split()) for t in df.text))
tr, te, a, b = train_test_split(df.text, df.y)
tok = Tokenizer()
tok.fit_on_texts(tr)
A = pad_sequences(tok.texts_to_sequences(tr), maxlen=maxlen)
B = pad_sequences(tok.texts_to_sequences(te), maxlen=maxlen)
m = Sequential([Embedding(100, 8), Dense(1)])
m.compile('adam', 'mse')
m.fit(A, a)
m.evaluate(B, b)
# %%
df = pd.read_csv('a.csv')
a, b, c, d = train_test_split(df.drop(columns='y'), df.y)
m = LinearRegression().fit(a, c)
for col in b.columns:
    p = b.copy()
    p[col] = np.random.permutation(p[col])
    print(col, r2_score(d, m.predict(p)))
# %%
df = pd.read_csv('a.csv')
a, b, c, d = train_test_split(df.drop(columns='y'), df.y)
m = LinearRegression().fit(a, c)
for k, i in b.groupby('region').groups.items():
    print(k, mean_absolute_error(d.loc[i], m.predict(b.loc[i])))
# %%
df = pd.read_csv('a.csv')
a, b, c, d = train_test_split(df.drop(columns='y'), df.y)
sc = StandardScaler()
a = sc.fit_transform(a)
b = sc.transform(b)
s = []
for i, j in KFold(5).split(a):
    s.append(Ridge().fit(a[i], c.iloc[i]).score(a[j], c.iloc[j]))
print(Ridge().fit(a, c).score(b, d))
# %%
df = pd.read_csv('a.csv')
X = df.drop(columns=['t', 'y'])
ps = LogisticRegression().fit(X, df.t).predict_proba(X)[:, 1]
w = df.t / ps
print(np.average(df.y[df.t == 1], weights=w[df.t == 1]))
print(cross_val_score(Ridge(), X, df.y))
# %%
df = pd.read_csv('a.csv')
X = (df[['a', 'b']] - df[['a', 'b']].mean()) / df[['a', 'b']].std()
ry = df.y - cross_val_predict(Ridge(), X, df.y, cv=5)
print(sm.OLS(ry, df.t).fit().summary())
# %%
df = pd.read_csv('a.csv')
m = LinearRegression().fit(df[['a']], df.y)
df['res'] = df.y - m.predict(df[['a']])
print(df.groupby('g').res.mean())
print(m.coef_)
# %%
df = pd.read_csv('a.csv')
a, b = train_test_split(df)
m = IsolationForest().fit(a[['x']])
s = -m.score_samples(b[['x']])
s2 = MinMaxScaler().fit_transform(s.reshape(-1, 1))
print(average_precision_score(b.y, s2))
# %%
def test_learns():
    X, y = make_classification()
    m = MyModel().fit(X, y)
    assert m.score(X, y) > 0.9
# %%
class TestM(unittest.TestCase):

    def test_learns(self):
        X, y = make_classification()
        m = RandomForestClassifier().fit(X, y)
        self.assertGreater(m.score(X, y), 0.9)
# %%
d = np.load('d.npy')
g = TimeseriesGenerator(d, d, 10, end_index=800)
h = TimeseriesGenerator(d, d, 10, start_index=801)
m = Sequential([Dense(1)])
m.fit(g)
m.evaluate(h)
