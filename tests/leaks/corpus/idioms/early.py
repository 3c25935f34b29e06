# %%
df[['a', 'b']] = StandardScaler().fit_transform(df[['a', 'b']])
train, test = (df[:800], df[800:])
m = LinearRegression().fit(train[['a']], train['y'])
test['p'] = m.predict(test[['a']])
print(np.sqrt(np.mean((test['y'] - test['p']) ** 2)))
# %%
df[['a', 'b']] = StandardScaler().fit_transform(df[['a', 'b']])
train, test = (df[:800], df[800:])
m = LinearRegression().fit(train[['a']], train['y'])
test = test.assign(p=m.predict(test[['a']]))
print(mean_squared_error(test.y, test.p))
# %%
df['a'] = df['a'].clip(df['a'].quantile(0.01), df['a'].quantile(0.99))
judged(df[['a']])
# %%
lo, hi = df['a'].quantile([0.01, 0.99])
df['a'] = df['a'].clip(lo, hi)
judged(df[['a']])
# %%
hi = np.percentile(df['a'], 99)
df['a'] = df['a'].clip(upper=hi)
judged(df[['a']])
# %%
hi = df['a'].quantile(0.99)
df.loc[df['a'] > hi, 'a'] = hi
judged(df[['a']])
# %%
hi = df['a'].quantile(0.99)
df['a'] = np.where(df.a > hi, hi, df.a)
judged(df[['a']])
# %%
df['a'] = df['a'].fillna(df['a'].quantile(0.5))
judged(df[['a']])
# %%
df = df.fillna(df.agg('mean'))
judged(df.drop(columns='y'))
# %%
X = df.drop(columns='y').values
X = (X - np.min(X)) / (np.max(X) - np.min(X))
judged(X)
# %%
df['a'] = df['a'] / np.max(df['a'])
judged(df[['a']])
# %%
df['a'] = df['a'] / max(df['a'])
judged(df[['a']])
# %%
judged(df[['a', 'b']].apply(lambda x: (x - np.min(x)) / (np.max(x) - np.min(x))))
# %%
corr = df.corr()['y'].abs()
judged(df[corr[corr > 0.5].index])
# %%
corr = df.corr()['y'].abs()
judged(df[corr[corr > 0.5].index.drop('y')])
# %%
judged(df[df.corr()['y'].nlargest(10).index])
# %%
cols = df.corr().nlargest(10, 'y')['y'].index
judged(df[cols])
# %%
judged(df[df.corr()['y'].sort_values(ascending=False).head(10).index.tolist()])
# %%
imp = pd.Series(RandomForestClassifier().fit(X, y).feature_importances_, index=X.columns)
judged(X[imp.nlargest(8).index])
# %%
mi = pd.Series(mutual_info_classif(X, y), index=X.columns).sort_values()
judged(X[list(mi[:10].index)])
# %%
rf = RandomForestClassifier().fit(X, y)
judged(X[X.columns[rf.feature_importances_ > 0.05]])
# %%
vif = pd.Series([variance_inflation_factor(X.values, i) for i in range(X.shape[1])], index=X.columns)
judged(X[vif[vif < 10].index])
# %%
cm = df.corr().abs()
up = cm.where(np.triu(np.ones(cm.shape), k=1).astype(bool))
df = df.drop([c for c in up.columns if any(up[c] > 0.95)], axis=1)
judged(df.drop(columns='y'))
# %%
def correlation(d, t):
    bad = set()
    cm = d.corr()
    for i in range(len(cm.columns)):
        for j in range(i):
            if abs(cm.iloc[i, j]) > t:
                bad.add(cm.columns[i])
    return bad
judged(X.drop(correlation(X, 0.8), axis=1))
# %%
bad = []
for c in df.columns:
    if abs(df[c].corr(df['y'])) < 0.1:
        bad.append(c)
judged(df.drop(bad + ['y'], axis=1))
# %%
df[['a', 'b']] = StandardScaler().fit_transform(df[['a', 'b']])
k = np.random.rand(len(df)) < 0.75
train, test = (df[k], df[~k])
m = LogisticRegression().fit(train[['a']], train['y'])
print(pd.crosstab(test['y'], m.predict(test[['a']])))
# %%
judged(df.drop(columns='y').apply(zscore))
# %%
norm = layers.Normalization()
norm.adapt(np.array(X))
X_tr, X_te, y_tr, y_te = train_test_split(X, y)
m = tf.keras.Sequential([norm, layers.Dense(1)])
m.compile(loss='mse')
m.fit(X_tr, y_tr)
m.evaluate(X_te, y_te)
# %%
vec = TextVectorization()
vec.adapt(df['text'])
X_tr, X_te, y_tr, y_te = train_test_split(X, y)
m = Sequential()
m.add(vec)
m.add(Dense(1))
m.fit(X_tr, y_tr)
m.evaluate(X_te, y_te)
# %%
norm = layers.Normalization()
norm.adapt(np.array(X))
X_tr, X_te, y_tr, y_te = train_test_split(norm(X), y)
m = Sequential([Dense(1)])
m.fit(X_tr, y_tr)
m.evaluate(X_te, y_te)
# %%
vocab = [w for w, _ in Counter((w for t in df.text for w in t.split())).most_common(2000)]
judged(np.array([[t.count(w) for w in vocab] for t in df.text]))
# %%
df = spark.read.csv('a.csv')
df = StandardScaler(inputCol='r', outputCol='features').fit(df).transform(df)
tr, te = df.randomSplit([0.8, 0.2])
m = LogisticRegression(labelCol='y').fit(tr)
BinaryClassificationEvaluator().evaluate(m.transform(te))
# %%
df[['a', 'b']] = StandardScaler().fit_transform(df[['a', 'b']])
df['is_train'] = np.random.rand(len(df)) < 0.75
train, test = (df[df['is_train']], df[~df['is_train']])
m = LinearRegression().fit(train[['a']], train['y'])
m.score(test[['a']], test['y'])
# %%
df[['a', 'b']] = StandardScaler().fit_transform(df[['a', 'b']])
tr = np.random.choice(len(X), 800, replace=False)
te = np.setdiff1d(np.arange(len(X)), tr)
train, test = (df.iloc[tr], df.iloc[te])
m = LinearRegression().fit(train[['a']], train['y'])
m.score(test[['a']], test['y'])
# %%
df = pd.read_csv('a.csv')
y = df.pop('t')
X = StandardScaler().fit_transform(df)
cv = xgb.cv({}, xgb.DMatrix(X, label=y), nfold=5)
# %%
df = pd.read_csv('a.csv')
known, unknown = (df[df.Age.notna()], df[df.Age.isna()])
k = KNeighborsRegressor().fit(known[['Fare']], known['Age'])
df.loc[df.Age.isna(), 'Age'] = k.predict(unknown[['Fare']])
a, b, c, d = train_test_split(df[['Age', 'Fare']], df.y)
Ridge().fit(a, c).score(b, d)
# %%
df = pd.read_csv('a.csv')
s = [t.split() for t in df.text]
m = Word2Vec(min_count=1)
m.build_vocab(s)
m.train(s, epochs=1)
X = np.array([np.mean([m.wv[w] for w in t], axis=0) for t in s])
a, b, c, d = train_test_split(X, df.y)
Ridge().fit(a, c).score(b, d)
