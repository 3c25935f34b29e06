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
"""

LOAD = """\
examples:
  model = %nbpipe load models/late
  model = %nbpipe load models/late --version 1.0.0 --policy unseen=error,range=ignore
"""
