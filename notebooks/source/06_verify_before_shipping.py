# %% [markdown]
# # 06 · Verify before shipping
#
# **You will learn** four short tests that a model has to pass before anybody relies on it.
#
# **Time:** 2 minutes of reading, 4 for the exercises · **You need:** lessons 02 and 04 (not their
# files)
#
# Previous: [05 · Review the assistant's code](05_review_the_assistants_code.ipynb) ·
# Next: [all lessons, and how far you are](index.ipynb)

# %%
# %load_ext nbpipe

# %%
import shutil
import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.preprocessing import StandardScaler

from flights import CATEGORICAL, NUMERIC, read_flights

plt.style.use("lesson.mplstyle")

data = read_flights("jan_aug")
production = read_flights("sep_dec")
X, y = data[NUMERIC + CATEGORICAL], data["late"]

shutil.rmtree("models/06", ignore_errors=True)  # so that this lesson can run again

# %% [markdown]
# The simple forest of lesson 02, fitted and exported:

# %%
# %%nbpipe build late
numeric >> SimpleImputer(strategy="median")
categorical >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = RandomForestClassifier(
    max_depth=6, min_samples_leaf=30, class_weight="balanced", random_state=42
);

# %%
late.fit(X, y)
# bundle = %nbpipe export late X y --to models/06/late --version 1.0.0

# %% [markdown]
# ## Test 1: better than no model, in every month
#
# Production is four months. **What do you expect:** in which of them is the model best?

# %%
months = production["sched_dep"].dt.month_name()
guess = pd.Series(late.predict(production), production.index)
by_month = pd.DataFrame(
    {
        month: {
            "late": flights["late"].mean(),
            "F1": f1_score(flights["late"], guess[flights.index]),
            "flag every flight": f1_score(flights["late"], np.ones(len(flights))),
        }
        for month, flights in production.groupby(months, sort=False)
    }
).T
by_month["ahead by"] = by_month["F1"] - by_month["flag every flight"]
by_month.round(3)

# %%
figure, ax = plt.subplots()
ax.bar(by_month.index, by_month["F1"], width=0.5, color="C5", label="the model")
ax.plot(by_month["flag every flight"], "k_", ms=80, mew=3, label="flag every flight")
for month, row in by_month.iterrows():
    ax.text(month, 0.02, f"{row['late']:.0%} late", ha="center")
ax.set(ylabel="F1", ylim=(0, 0.7), title="The best score, the smallest lead")
ax.legend(loc="upper left", markerscale=0.3)
plt.show()

# %% [markdown]
# *Figure: F1 as a bar for each month, with a black line for "flag every flight". The bars grow from
# September to December, and the line grows faster. In September the bar stands clearly above its
# line; in December it hardly does.*

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert by_month["F1"].idxmax() == "December"
assert 0 < by_month.loc["December", "ahead by"] < 0.02
assert by_month["ahead by"].idxmin() == "December"
assert by_month.loc["September", "ahead by"] > 3 * by_month.loc["December", "ahead by"]
assert by_month.loc["December", "late"] > 2.9 * by_month.loc["September", "late"]
assert by_month["F1"].is_monotonic_increasing

# %% [markdown]
# December has the best F1 by far, and the model has hardly a part in it. One flight in three was
# late, so F1 is high for anybody. **Look at the lead over the baseline, month by month.**
#
# ## Test 2: what must not matter
#
# The order of rows says nothing about a flight. Nor does the order of columns, nor a column that
# the model does not know, nor the flights that happen to come in the same request. Change each, and
# the answers must stay. This is an **invariance test**; it needs no labels.

# %%
def careless(flights):
    """Predict as the service of lesson 01 did: scale what comes in by itself."""
    filled = flights[NUMERIC].fillna(X[NUMERIC].median())
    return regression.predict_proba(StandardScaler().fit_transform(filled))[:, 1]


def careful(flights):
    """Predict with the pipeline."""
    return late.predict_proba(flights)[:, 1]


regression = LogisticRegression().fit(
    StandardScaler().fit_transform(X[NUMERIC].fillna(X[NUMERIC].median())), y
)
some = production[:200]
changes = {
    "rows in another order": some.sample(frac=1, random_state=0),
    "columns in another order": some[sorted(some)],
    "a column more": some.assign(gate="B12"),
    "every other flight is gone": some[::2],
}

# %% [markdown]
# **What do you expect** of the careless service? Which change does it not survive?

# %%
for predict in (careful, careless):
    before = pd.Series(predict(some), some.index)
    moved = {
        change: (pd.Series(predict(flights), flights.index) - before).abs().max()
        for change, flights in changes.items()
    }
    print(predict.__name__)
    for change, most in moved.items():
        print(f"  {change:27} {most:.3f}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert all(np.allclose(careful(new), careful(some.loc[new.index])) for new in changes.values())
assert [change for change, most in moved.items() if most > 1e-9] == ["every other flight is gone"]

# %% [markdown]
# Only the last one finds it. The careless service needs the other flights to know what to think of
# this one.
#
# ## Test 3: what must matter, and which way
#
# If all other flights leave an hour later, ours should not become safer. This is a **directional
# test**. It needs no labels, either.

# %%
before = careful(production)
after = careful(production.assign(recent_delay=production["recent_delay"] + 60))
print(f"not safer: {(after >= before).mean():.1%} of flights")
print(f"on average the probability rises by {(after - before).mean():.3f}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert 0.98 < (after >= before).mean() < 1
assert (after - before).mean() > 0.05
assert (before - after).max() < 0.02

# %% [markdown]
# Nearly all, and the others move very little: a forest is made of steps. So demand a share, say
# 95 %, not all.
#
# ## Test 4: is this month like training?
#
# A **drift test** compares columns. Here: which share of the values lies outside of the middle 98 %
# of training? Two percent are normal. And we let somebody switch to Celsius in October.

# %%
def outside(train, new):
    """Share of new values outside of the 1 % and 99 % quantiles of training."""
    low, high = train.quantile([0.01, 0.99])
    return (~new.dropna().between(low, high)).mean()


celsius = production.assign(temp=(production["temp"] - 32) / 1.8)
samples = dict(list(production.groupby(months, sort=False)))
samples["October in Celsius"] = celsius[months == "October"]
for name, flights in samples.items():
    shares = pd.Series({column: outside(X[column], flights[column]) for column in NUMERIC})
    print(f"{name:18}  {shares.idxmax():12} {shares.max():.0%}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
drift = {
    name: pd.Series({c: outside(X[c], flights[c]) for c in NUMERIC})
    for name, flights in samples.items()
}
assert shares.idxmax() == "temp"
assert shares.max() > 0.6
assert (drift["October"] < 0.05).all()
assert drift["November"].idxmax() == "pressure"
assert 0.1 < drift["November"].max() < 0.25
assert (drift["December"].drop("pressure") < 0.05).all()
assert drift["December"]["pressure"] < drift["November"]["pressure"]

# %% [markdown]
# Celsius stands out. November brought high pressure: weather, worth a look and no mistake. But see
# December. It is much like training, and yet the share of late flights is three times September's.
# **No test of inputs sees that the answers changed.** Keep scoring, as in test 1.
#
# ## Last: the same answers in another process
#
# What was tested here is in the memory of this notebook. What ships is a folder. The command
# `nbpipe predict` is another process: it loads the folder, and reads a file.

# %%
X_new = production[X.columns]
given, answers = "models/06/flights.csv", "models/06/late.csv"
X_new.to_csv(given, index=False)
# !{sys.executable} -m nbpipe predict models/06/late --input {given} --output {answers} --quiet

shipped = pd.read_csv(answers)
shipped.head(3).round(3)

# %%
largest = np.abs(shipped["probability_1"] - careful(X_new)).max()
print(f"largest difference: {largest:.6f}, in {len(shipped)} flights")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert len(shipped) == len(production)
assert largest < 1e-9

# %% [markdown]
# The same. (It also told what training had not seen, as in lesson 04.) The command
# `nbpipe serve models/06/late` answers requests over HTTP, with the same folder
# ([how](../docs/serving.md)).

# %% [markdown]
# ## Exercise: an invariance test
#
# Write `is_steady(predict, flights)`. It returns `True` if each flight gets the same answer in any
# order of the rows, in any order of the columns, and with only some of the other flights beside it;
# else `False`. `predict` is any function of a table that gives one number per row. Try it on
# `careful` and `careless`; the check has worse ones.

# %% exercise="6.1"

# %% [markdown]
# Stuck? `%nbpipe hint 6.1` gives a hint, up to three times, and `%nbpipe solution 6.1`
# shows a way to do it; yours may be another.

# %% [markdown]
# ## Exercise: a drift test
#
# Write `has_drifted(train, new)` for one numeric column. It returns `False` if `new` looks like a
# random part of `train`, and `True` if somebody has changed the unit, or if a sensor hangs and
# repeats one value. Some values may be missing in both. (Would `outside` find the sensor?)

# %% exercise="6.2"

# %% [markdown]
# Stuck? `%nbpipe hint 6.2` gives a hint, up to three times, and `%nbpipe solution 6.2`
# shows a way to do it; yours may be another.

# %% [markdown]
# ## Key points
#
# - A score means something beside the baseline of the same rows. Look month by month.
# - Invariance and direction need no labels: change the input, watch the answers.
# - A drift test sees new inputs. It does not see that the same inputs have other answers now.
# - Test what ships: the folder, in another process.
#
# ## Two questions
#
# **1.** The drift test is silent all winter. Is the model still good?
#
# <details><summary>Answer</summary>
#
# Nobody knows until the answers come. In December the inputs looked familiar, and the lead over
# "flag every flight" was nearly gone.
#
# </details>
#
# **2.** A model passes all invariance tests. Is it right?
#
# <details><summary>Answer</summary>
#
# No: a model that always says 0.5 passes them, too. They find one kind of fault, in the code around
# the model. The score finds another.
#
# </details>
#
# ## How far you are

# %% tags=["nbval-ignore-output"]
# %nbpipe exercise

# %% [markdown]
# Next: [all lessons](index.ipynb) · [the template](99_template.ipynb), for a model of your own
