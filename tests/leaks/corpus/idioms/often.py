# %%
X_tr, X_te, y_tr, y_te = train_test_split(df[['a']], df['y'])
for est in [RandomForestClassifier(), SVC()]:
    p = make_pipeline(StandardScaler(), est).fit(X_tr, y_tr)
    print(p.score(X_te, y_te))
# %%
X_tr, X_te, y_tr, y_te = train_test_split(df[['a']], df['y'])
def ev(m):
    return accuracy_score(y_te, Pipeline([('s', StandardScaler()), ('m', m)]).fit(X_tr, y_tr).predict(X_te))
print(ev(RandomForestClassifier()), ev(SVC()))
# %%
X_tr, X_te, y_tr, y_te = train_test_split(df[['a']], df['y'])
for name, mp in {'rf': {'model': RandomForestClassifier(), 'params': {}}, 'svm': {'model': SVC(), 'params': {}}}.items():
    g = GridSearchCV(mp['model'], mp['params'])
    g.fit(X_tr, y_tr)
    print(g.score(X_te, y_te))
# %%
train, test = train_test_split(df)
test['p1'] = LogisticRegression().fit(train[['a']], train['y']).predict(test[['a']])
test['p2'] = DecisionTreeClassifier().fit(train[['a']], train['y']).predict(test[['a']])
print((test['y'] == test['p1']).mean(), (test['y'] == test['p2']).mean())
# %%
X_tr, X_te, y_tr, y_te = train_test_split(df[['a']], df['y'])
for m in [LogisticRegression(), DecisionTreeClassifier()]:
    m.fit(X_tr, y_tr)
    print(pd.crosstab(y_te, m.predict(X_te)))
# %%
df = pd.read_csv('a.csv')
a, b, c, d = train_test_split(df.drop(columns='y'), df.y)
p = LogisticRegression().fit(a, c).predict_proba(b)[:, 1]
fpr, tpr, th = roc_curve(d, p)
t = th[np.argmax(tpr - fpr)]
print(f1_score(d, p >= t))
# %%
df = pd.read_csv('a.csv')
a, b, c, d = train_test_split(df.drop(columns='y'), df.y)
best = max([0.1, 1, 10], key=lambda C: SVC(C=C).fit(a, c).score(b, d))
# %%
df = pd.read_csv('a.csv')
a, b, c, d = train_test_split(df.drop(columns='y'), df.y)
model = nn.Sequential(nn.Linear(3, 1))
best = 0
train_loader, test_loader = (DataLoader(a), DataLoader(b))
for e in range(10):
    for xb, yb in train_loader:
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
    correct = 0
    for xb, yb in test_loader:
        correct += (model(xb).argmax(1) == yb).sum().item()
    acc = correct / len(d)
    if acc > best:
        best = acc
        torch.save(model.state_dict(), 'b.pt')
