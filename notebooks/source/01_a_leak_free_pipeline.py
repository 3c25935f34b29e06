# %% [markdown]
# # 01 · A leak-free pipeline
#
# **You will learn** why preprocessing belongs inside the model, and build a pipeline that cannot
# forget it.
#
# **Time:** 3 minutes of reading, 4 for the exercise · **You need:** lesson 00
#
# Previous: [00 · It worked in the notebook](00_it_worked_in_the_notebook.ipynb) ·
# Next: [02 · Honest validation](02_honest_validation.ipynb)

# %%
# nbpipe: ignore-file[NB102] This lesson measures what such fits cost.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from flights import CATEGORICAL, NUMERIC, read_flights

plt.style.use("lesson.mplstyle")

data = read_flights("jan_aug")
production = read_flights("sep_dec")
y = data["late"]

# %% [markdown]
# ## By hand
#
# Fill the gaps, scale, fit. Then treat new flights with the **same** medians and the **same**
# scaler: `transform`, never `fit_transform`. The model *flags* a flight when it gives it a
# probability of being late above 0.5.

# %%
medians = data[NUMERIC].median()
X = data[NUMERIC].fillna(medians).to_numpy()
X_new = production[NUMERIC].fillna(medians).to_numpy()

scaler = StandardScaler().fit(X)
model = LogisticRegression(class_weight="balanced").fit(scaler.transform(X), y)

right = model.predict_proba(scaler.transform(X_new))[:, 1]
print(f"flights flagged as late: {(right > 0.5).sum()} of {len(right)}")

# %% [markdown]
# Some people call this a leak. It is not: the scaler saw January to August only. For one split it
# is correct. The trouble is what it asks of you: **every** program that ever uses this model must
# repeat **every** step.
#
# ## Somebody forgets the scaler
#
# The service that answers requests is another program. Its author never heard of the scaler.
#
# **What do you expect?** An error? Too many flights flagged? Too few?

# %%
forgotten = model.predict_proba(X_new)[:, 1]
print(f"flights flagged as late: {(forgotten > 0.5).sum()} of {len(forgotten)}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert (right > 0.5).sum() > 0
assert (forgotten > 0.5).sum() == 0

# %% [markdown]
# Not one. And no error, no warning. The service says "on time" to everybody, and looks healthy.
#
# ## Somebody scales each request by itself
#
# Another author remembers that there was scaling, and writes `fit_transform` where one flight
# comes in.
#
# **What do you expect?** (What is the mean of one number? What is left when you subtract it?)

# %%
alone = np.array(
    [
        model.predict_proba(StandardScaler().fit_transform(flight.reshape(1, -1)))[0, 1]
        for flight in X_new
    ]
)
print("different answers:", *np.unique(alone.round(3)))

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert len(np.unique(alone.round(3))) == 1

# %% [markdown]
# One flight minus its own mean is zero, in every column. So every flight gets the same answer.
# Here are all the answers of the three programs:

# %%
figure, axes = plt.subplots(1, 3, sharey=True, figsize=(9, 2.8))
titles = ["scaled as in training", "scaler forgotten", "each flight scaled alone"]
for ax, p, title in zip(axes, [right, forgotten, alone], titles, strict=True):
    ax.hist(p, bins=np.linspace(0, 1, 41), edgecolor="white")
    ax.axvline(0.5, color="black", linestyle="--")
    ax.set(title=title, xlabel="probability of late")
axes[0].set(ylabel="flights (log scale)", yscale="log")
plt.show()

# %% [markdown]
# *Figure: three histograms of the predicted probability over all production flights; a dashed line
# marks 0.5. Left, scaled as in training: a broad hill on both sides of the line. Middle, scaler
# forgotten: one bar at 0. Right, each flight scaled alone: one bar a little left of the line.*
#
# Same model, same flights. **Nothing crashed.**
#
# ## The pipeline cannot forget
#
# A scikit-learn `Pipeline` is one object with all the steps. Whoever has the model has the
# preprocessing.

# %%
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

pipeline = make_pipeline(
    SimpleImputer(strategy="median"),
    StandardScaler(),
    LogisticRegression(class_weight="balanced"),
)
pipeline.fit(data[NUMERIC], y)
p = pipeline.predict_proba(production[NUMERIC])[:, 1]
print(f"flights flagged as late: {(p > 0.5).sum()} of {len(p)}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert np.allclose(p, right)

# %% [markdown]
# The same flights as by hand, from one call, on the raw table with its gaps.
#
# ## Several kinds of columns
#
# Airlines and airports are text. They need another path through the pipeline. Plain scikit-learn
# does that with nested tuples. `%%nbpipe build` lets you write it as you would draw it: one line
# is one step, and `columns >> a >> b` sends columns through `a`, then `b`.

# %%
# %load_ext nbpipe

# %%
# %%nbpipe build late --code
numbers = NUMERIC >> SimpleImputer(strategy="median") >> StandardScaler()
codes = CATEGORICAL >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = LogisticRegression(class_weight="balanced", max_iter=1000)

# %% [markdown]
# `late` is now a plain scikit-learn `Pipeline`. `--code` printed the Python that it stands for,
# and you can use that anywhere, without nbpipe. Leave `--code` out, and JupyterLab draws the
# pipeline.
#
# Here we named the columns, and only these go in. `dep_delay` (how late the flight left) is in the
# table, but not in the model.

# %%
late.fit(data, y)
p = late.predict_proba(production)[:, 1]
print(f"flights flagged as late: {(p > 0.5).sum()} of {len(p)}")

# %% [markdown]
# Production brings what training never saw. Here is a flight of an airline that did not exist, and
# some of its weather is missing. **What do you expect?**

# %%
strange = production.iloc[[0]].assign(carrier="ZZ", temp=np.nan, humid=np.nan, pressure=np.nan)
print(f"probability of late: {late.predict_proba(strange)[0, 1]:.3f}")

# %% [markdown]
# An answer, because the pipeline learned medians for the gaps, and was told to ignore airlines
# that it does not know.
#
# ## And what about leaks?
#
# Cross-validation fits a pipeline anew in each fold, on that fold's training rows only. A scaler
# that was fitted before the split saw the test rows, too. How much does that flatter the score?
#
# **What do you expect?** A lot, a little, nothing?

# %%
from sklearn.model_selection import TimeSeriesSplit, cross_val_score

outside = cross_val_score(model, scaler.transform(X), y, cv=TimeSeriesSplit(), scoring="f1")
inside = cross_val_score(pipeline, data[NUMERIC], y, cv=TimeSeriesSplit(), scoring="f1")
print(f"F1, fitted before the split: {outside.mean():.3f}")
print(f"F1, inside the pipeline:     {inside.mean():.3f}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert abs(outside.mean() - inside.mean()) < 0.01

# %% [markdown]
# Next to nothing. A mean over thousands of rows hardly moves with a few more.
#
# It is another matter for steps that **look at the target**. Take pure noise, and a coin for a
# target. Choose the 20 columns that fit the coin best, out of 2,000. Nobody can predict a coin.
# **What accuracy do you expect?**

# %%
from sklearn.feature_selection import SelectKBest

rng = np.random.default_rng(42)
noise, coin = rng.normal(size=(100, 2000)), rng.integers(0, 2, 100)

chosen = SelectKBest(k=20).fit_transform(noise, coin)
outside = cross_val_score(LogisticRegression(), chosen, coin)
inside = cross_val_score(make_pipeline(SelectKBest(k=20), LogisticRegression()), noise, coin)
print(f"accuracy, chosen before the split: {outside.mean():.3f}")
print(f"accuracy, inside the pipeline:     {inside.mean():.3f}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert outside.mean() > 0.75
assert inside.mean() < 0.6

# %% [markdown]
# Before the split: a wonderful model of nothing. Inside the pipeline: about 0.5, as a coin. You do
# not have to know which step is harmless. **Put them all inside.**

# %% [markdown]
# ## Exercise: build it
#
# Build a pipeline `mine` that predicts `late` from at least three numeric and two categorical
# columns, and fit it. It must survive a flight whose numeric values are all missing and whose
# airline it has never seen. It must not use a column that is known only after departure ([which
# are they?](data/DATA.md)).

# %% exercise="1.1"

# %% [markdown]
# Stuck? `%nbpipe hint 1.1` gives a hint, up to three times, and `%nbpipe solution 1.1` shows a
# pipeline that passes; yours may look different.

# %% [markdown]
# ## Key points
#
# - A forgotten or repeated preprocessing step raises no error. It gives wrong answers quietly.
# - A pipeline is one object: fitted together, saved together, used together.
# - `fit` belongs to training rows. New rows get `transform` only; the pipeline sees to that.
# - Steps that look at the target leak badly before the split. Scalers hardly do. Keep all inside.
#
# ## Two questions
#
# **1.** `scaler.fit(X_train)`, then `scaler.transform(X_test)`. Is that a leak?
#
# <details><summary>Answer</summary>
#
# No. For one split it is correct. It becomes one when you then cross-validate on the scaled
# `X_train`, since each fold's test rows helped to fit the scaler. And it leaves a step that the
# next program can forget.
#
# </details>
#
# **2.** A service answers "not late" to all requests, without an error. What do you check first?
#
# <details><summary>Answer</summary>
#
# Whether it does the same preprocessing as training. Send it a few rows whose answers you know
# from training. (Lesson 03 stores such rows with the model.)
#
# </details>
#
# ## How far you are

# %% tags=["nbval-ignore-output"]
# %nbpipe exercise

# %% [markdown]
# Next: [02 · Honest validation](02_honest_validation.ipynb) ·
# [all lessons](index.ipynb)
