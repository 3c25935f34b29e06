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
