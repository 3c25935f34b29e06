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
