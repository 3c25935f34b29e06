# %%
df = pd.concat([df, df[df.label == 1]])
judged(df[['a']])
# %%
extra = df[df.label == 1]
for _ in range(5):
    df = pd.concat([df, extra])
judged(df[['a']])
# %%
df = df.loc[df.index.repeat(3)]
judged(df[['a']])
# %%
df = pd.read_csv('a.csv')
df['l1'] = df.y.shift(1)
df = df.dropna()
cross_val_score(Ridge(), df[['l1']], df.y, cv=KFold(5, shuffle=True))
# %%
df = pd.read_csv('a.csv')
a, b, c, d = train_test_split(df.drop(columns='y'), df.y)
m = SGDClassifier().fit(a, c)
m.partial_fit(b, d)
accuracy_score(d, m.predict(b))
