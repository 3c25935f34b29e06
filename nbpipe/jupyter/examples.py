"""What stands at the end of each verb's ``--help``."""

BUILD = """\
The cell below names one step a line; every line is valid Python:

  %%nbpipe build late
  num = ["distance", "temp"] >> SimpleImputer(strategy="median") >> StandardScaler()
  cat = ["carrier", "origin"] >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
  model = RandomForestClassifier(n_estimators=100, random_state=42)

name = Estimator(...)    a step; without a name it is called as make_pipeline would
columns >> A() >> B()    a route: these columns go through A, then B; neighbouring routes
                         form one ColumnTransformer, which drops all other columns
columns                  a list, one name in quotes, a variable, or numeric, categorical
                         (whatever X holds of that kind) or rest (what no route has taken)
columns >> passthrough   keeps columns as they are; columns >> drop leaves them out
names                    your variables first, then scikit-learn's estimators, unimported
"""

BUILDER = """\
examples:
  %nbpipe builder late X y
  %nbpipe builder late X[columns]        the preparation alone
Where NAME holds a pipeline already, the builder starts from that one.
"""

CV = """\
examples:
  report = %nbpipe cv late X y --time sched_dep
  %nbpipe cv late X y --groups plane --scoring f1,roc_auc
  %nbpipe cv late X[columns] y --cv KFold(5, shuffle=True, random_state=0)
"""

EXPORT = """\
examples:
  %nbpipe export late X y --report report
  %nbpipe export late X y --to models/late --version 1.2.0
  %nbpipe export late X y --format skops --onnx
  %nbpipe export late X y --sign signing.pem
"""

LOAD = """\
examples:
  model = %nbpipe load models/late
  model = %nbpipe load models/late --version 1.0.0 --policy unseen=error,range=ignore
  model = %nbpipe load models/late --trusted-key signing.pub
"""

MODELS = """\
examples:
  %nbpipe models models/late             browse a model's versions, or those in a folder of models
  %nbpipe models diff late production 1.2.0
  %nbpipe models verify late 1.2.0
  %nbpipe models promote late 1.2.0 production --reason "passed the canary"
  %nbpipe models rollback late production
  %nbpipe models history late

An alias such as production stands for one version; load models/late@production. DIR may be a URL; a
name that does not exist here is looked for in models.
"""

CHECK = """\
examples:
  %nbpipe check                          all that was run in this session, in that order
  %nbpipe check --severity error --ignore NB3
  %nbpipe check analysis.ipynb src/      files, as `nbpipe check` does in a shell
  %nbpipe check --data X_train X_test y_train y_test --time sched_dep

  %%nbpipe check                         on top of a cell: checked first, then run either way
  scaler.fit(X)

A comment `# nbpipe: ignore[NB101] reason` silences a finding on its line; `[tool.nbpipe]` in
pyproject.toml holds select and ignore.
"""

WATCH = """\
examples:
  %nbpipe watch on
  %nbpipe watch on --severity error
  %nbpipe watch off
"""

EXPLAIN = """\
examples:
  %nbpipe explain NB101
  %nbpipe explain NB1xx
"""

PROMPT = """\
examples:
  %nbpipe prompt X y --time sched_dep --unknown dep_delay,air_time
  %nbpipe prompt X y --pipeline late --values
"""
