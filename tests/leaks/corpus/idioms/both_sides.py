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
