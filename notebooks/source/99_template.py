# %% [markdown]
# # 99 · Template
#
# **For a model of your own:** from a table to a version that was loaded and verified in another
# process. Copy this notebook, change the first cell and the pipeline, and run it from top to
# bottom. It stops where something is wrong. Why each step is there: lessons
# [01](01_a_leak_free_pipeline.ipynb) (build), [02](02_honest_validation.ipynb) (validate),
# [03](03_save_a_model_that_loads.ipynb) (export), [04](04_load_and_validate.ipynb) (load) and
# [06](06_verify_before_shipping.ipynb) (verify).
#
# ## Configure

# %%
DATA = "data/flights_jan_aug.csv.gz"  # to train and validate
LATER = "data/flights_sep_dec.csv.gz"  # rows that came later, to verify what ships
TARGET = "late"
TIME = "sched_dep"
FORBIDDEN = ["dep_delay", "air_time", "arr_delay"]  # not known yet when the model has to answer
IDENTIFIERS = ["flight", "tailnum"]  # names of single things; to know them is memory
METRIC = "f1"
MODEL = "models/99/late"
ANSWERS = "models/99/answers.csv"

# %%
import sys

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.metrics import get_scorer

import nbpipe

# %load_ext nbpipe

# %% [markdown]
# ## Load
#
# Columns that are computed here must be computed by the service, too. Better: in the pipeline.

# %%
data = pd.read_csv(DATA, parse_dates=[TIME]).sort_values(TIME, ignore_index=True)
X = data.drop(columns=[TARGET, TIME, *FORBIDDEN, *IDENTIFIERS])
y = data[TARGET]
print(f"{len(X)} rows from {data[TIME].min():%Y-%m-%d} to {data[TIME].max():%Y-%m-%d}")

# %% [markdown]
# ## Check the columns
#
# Ask of each: **do I know it, for a new row, when the model has to answer?**

# %%
pd.DataFrame({"type": X.dtypes.astype(str), "missing": X.isna().mean(), "values": X.nunique()})

# %%
assert y.notna().all(), "Rows without an answer teach nothing: leave them out, and say so."
assert y.nunique() == 2, "This template is for two classes."
assert X.nunique().min() > 1, "A column is empty, or always says the same."

# %% [markdown]
# ## Build

# %%
# %%nbpipe build pipeline
numeric >> SimpleImputer(strategy="median") >> StandardScaler()
categorical >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = LogisticRegression(class_weight="balanced", max_iter=1000);

# %% [markdown]
# ## Validate, and stop here if it is not good
#
# Time order, a baseline on the same rows, and a look for leaks. The verdict names the worst that
# was found. If you accept it all the same, write down why, in place of the `assert`.

# %% tags=["nbval-ignore-output"]
report = nbpipe.cv(pipeline, X, y, time=data[TIME])
report

# %%
print(f"{METRIC}: {report.test(METRIC).mean():.3f}, gap {report.gap(METRIC):.3f}")
assert report.verdict.ok, f"{report.verdict.reason} {report.verdict.next_step}"

# %% [markdown]
# ## Fit on all rows, and export
#
# A version is never overwritten. Without `version=`, the next one is chosen.

# %% tags=["nbval-ignore-output"]
pipeline.fit(X, y)
bundle = nbpipe.export(pipeline, MODEL, X=X, y=y, report=report)
bundle

# %% [markdown]
# ## Verify it in a fresh process
#
# `nbpipe predict` is another Python. It compares files and versions with the manifest, predicts the
# stored rows again, and then every row of `LATER`. It sums up what training has not seen.

# %% tags=["nbval-ignore-output"]
# !{sys.executable} -m nbpipe predict {bundle.path} --input {LATER} --output {ANSWERS} --overwrite

# %%
later = pd.read_csv(LATER, parse_dates=[TIME])
shipped = pd.read_csv(ANSWERS)["probability_1"]
here = pipeline.predict_proba(later[X.columns])[:, 1]
assert len(shipped) == len(later), "Some rows were not answered."
assert np.allclose(shipped, here), "What was shipped does not answer as this notebook does."
print(f"{len(later)} rows: the shipped model answers as this notebook does")

# %% [markdown]
# ## Score it on what came later
#
# Beside a baseline, month by month. (For F1 the baseline says "late" always; another metric has
# another one.) Run these cells again whenever new answers have come.

# %%
score = get_scorer(METRIC)
baseline = DummyClassifier(strategy="constant", constant=1).fit(X, y)
by_month = pd.DataFrame(
    {
        month: {
            METRIC: score(pipeline, rows[X.columns], rows[TARGET]),
            "baseline": score(baseline, rows[X.columns], rows[TARGET]),
        }
        for month, rows in later.groupby(later[TIME].dt.to_period("M").astype(str))
    }
).T
by_month.round(3)

# %%
model, bar = (score(each, later[X.columns], later[TARGET]) for each in (pipeline, baseline))
print(f"{METRIC}: {model:.3f}, baseline {bar:.3f}")
assert model > bar, "On what came later it is no better than the baseline."

# %% [markdown]
# ## What next
#
# Serve it: `nbpipe serve models/99/late` ([how](../docs/serving.md)). Give it a name that a service
# asks for, and take it back: `nbpipe models promote` ([how](../docs/registry.md)). All lessons:
# [index](index.ipynb).
