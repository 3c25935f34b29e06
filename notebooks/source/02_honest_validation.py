# %% [markdown]
# # 02 · Honest validation
#
# **You will learn** to split by time, to read the gap between train and test, and to know what
# neither of them can see.
#
# **Time:** 4 minutes of reading, 5 for the exercise · **You need:** lesson 01
#
# Previous: [01 · A leak-free pipeline](01_a_leak_free_pipeline.ipynb) ·
# Next: [03 · Save a model that loads](03_save_a_model_that_loads.ipynb)

# %%
# nbpipe: ignore-file[NB301,NB102] This lesson compares claims with what came, leaks too.
# %load_ext nbpipe

# %%
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.metrics import f1_score

from flights import CATEGORICAL, NUMERIC, read_flights

plt.style.use("lesson.mplstyle")

data = read_flights("jan_aug")
production = read_flights("sep_dec")
X, y = data[NUMERIC + CATEGORICAL], data["late"]


def f1_in_production(pipeline):
    """Fit on January to August, score on September to December."""
    return f1_score(production["late"], pipeline.fit(X, y).predict(production))


# %% [markdown]
# ## One forest, three judges
#
# A random forest as scikit-learn makes it, with no settings. (The `;` at the end keeps the drawing
# away.)

# %%
# %%nbpipe build forest
numeric >> SimpleImputer(strategy="median")
categorical >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = RandomForestClassifier(random_state=42);

# %% [markdown]
# `numeric` and `categorical` stand for **every** column of that kind in `X`. That is handy, but it
# would take `dep_delay`, too, if it were there. So leaky columns must stay out of `X`. Ours has
# only the columns of lesson 00.
#
# **Judge 1: shuffled folds.** Rows are dealt out like cards. `%nbpipe cv` fits the pipeline once
# per fold and returns a report.

# %%
# shuffled = %nbpipe cv forest X y --cv KFold(5,shuffle=True,random_state=42)
print(f"F1, shuffled: {shuffled.test('f1').mean():.3f}")

# %% [markdown]
# **Judge 2: folds in time order.** Each fold trains on the past and tests on what follows, as your
# model will have to. Same model, same rows.
#
# **What do you expect?** Higher, lower, the same?

# %%
# by_time = %nbpipe cv forest X y --time data.sched_dep
print(f"F1, by time: {by_time.test('f1').mean():.3f}")

# %% [markdown]
# **Judge 3: production.** Which of the two judges told the truth?

# %%
in_production = f1_in_production(forest)
print(f"F1, September to December: {in_production:.3f}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
drop = shuffled.test("f1").mean() - by_time.test("f1").mean()
assert drop > 0.1
assert abs(by_time.test("f1").mean() - in_production) < 0.03

# %% [markdown]
# Time order did. Shuffling promised a lot more. Look at where the rows of each fold lie:

# %%
shuffled.plot_splits()

# %% [markdown]
# *Figure: five shuffled folds, January at the left, August at the right. In each fold the upper
# band (train) and the lower band (test) both run from end to end: the rows are mixed everywhere.*

# %%
by_time.plot_splits()

# %% [markdown]
# *Figure: five folds in time order. In each fold the lower band (test) begins where the upper band
# (train) ends; what comes later is not used. Each fold trains on more than the one before.*
#
# A storm delays all flights of an evening. Shuffled, some of them are in train, the others in
# test, and the forest recognises the evening. In production, nobody has seen tomorrow evening.
# (You can test this: `--groups data.sched_dep.dt.date` in place of `--cv ...` keeps the flights of
# a day together.)
#
# ## The gap
#
# A report says more than one number. Look at the train column, and at the baseline: for F1 it is
# "always 1", that is, flag every flight.

# %% tags=["nbval-ignore-output"]
by_time

# %% [markdown]
# On rows that it has seen, the forest is perfect. On new ones it is worse than flagging
# everything. **That gap is memory.** The verdict names both. (The gap is a mean over the folds;
# folds that train on more rows count more.)
#
# Let us take the memory away: shallow trees and large leaves. And let us put more weight on the
# late flights.

# %%
# %%nbpipe build simple
numeric >> SimpleImputer(strategy="median")
categorical >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = RandomForestClassifier(
    max_depth=6, min_samples_leaf=30, class_weight="balanced", random_state=42
);

# %% [markdown]
# **What do you expect** of its train score? Of its test score?

# %%
# simple_by_time = %nbpipe cv simple X y --time data.sched_dep
print(f"F1, train: {simple_by_time.train('f1').mean():.3f}")
print(f"F1, test:  {simple_by_time.test('f1').mean():.3f}")
print(f"gap:       {simple_by_time.gap('f1'):.3f}")

# %% [markdown]
# Fold by fold, as in the report of the forest:

# %%
simple_by_time.plot("f1")

# %% [markdown]
# *Figure: F1 of train and test in each of five folds. Train and test lie close together, above the
# baseline; in the fourth fold, test is the higher one. In the report of the forest, train was at
# 1.0, and test far below, even below the baseline.*
#
# Two things changed at once, though: less memory, and more weight on late flights. So look at two
# more numbers. **Recall** is the share of the late flights that are found. **AUC** is the chance
# that a late flight gets a higher probability than one on time; it does not depend on how readily
# the model says "late".

# %%
for report in (by_time, simple_by_time):
    recall, auc = report.test("recall").mean(), report.test("roc_auc").mean()
    print(f"{report.name:7} recall {recall:.3f}   AUC {auc:.3f}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert by_time.train("f1").min() > 0.99
assert by_time.verdict.gap_range == "overfitting"
assert by_time.verdict.status == "no better than the baseline"
assert by_time.test("f1").mean() < by_time.baselines["f1"].mean
assert simple_by_time.gap("f1") < 0.1
assert simple_by_time.test("f1").mean() > by_time.test("f1").mean() + 0.1
assert (simple_by_time.test("f1") > simple_by_time.baselines["f1"].scores).all()
assert simple_by_time.test("recall").mean() > 2 * by_time.test("recall").mean()
assert simple_by_time.test("roc_auc").mean() > by_time.test("roc_auc").mean()

# %% [markdown]
# The weight makes the simple forest say "late" more often, so it finds many more late flights. And
# it tells flights apart a little better, not worse, although it knows much less by heart. What it
# lost was no knowledge.
#
# ## All judges, each with its bar
#
# The simple forest has not met judges 1 and 3 yet. **What do you expect:** how much does shuffling
# flatter this model?

# %%
# simple_shuffled = %nbpipe cv simple X y --cv KFold(5,shuffle=True,random_state=42)

# %%
def f1_of(report):
    return report.test("f1").mean()


f1 = pd.DataFrame(index=["forest", "simple", "flag every flight"])
f1["shuffled"] = f1_of(shuffled), f1_of(simple_shuffled), shuffled.baselines["f1"].mean
f1["by time"] = f1_of(by_time), f1_of(simple_by_time), by_time.baselines["f1"].mean
flag_all = f1_score(production["late"], [1] * len(production))
f1["production"] = in_production, f1_in_production(simple), flag_all
f1.round(3)

# %%
figure, ax = plt.subplots()
for name, style in {"forest": "D-", "simple": "o--"}.items():
    ax.plot(f1.columns, f1.loc[name], style, markersize=9, label=name)
ax.plot(f1.columns, f1.loc["flag every flight"], "k_", ms=60, mew=2, label="flag every flight")
ax.set(ylim=(0, 0.7), xlim=(-0.3, 2.3), ylabel="F1", title="Who is flattered by shuffling?")
ax.legend(loc="lower left", ncols=3, markerscale=0.35)
plt.show()

# %% [markdown]
# *Figure: F1 under the three judges, each with a black bar for "flag every flight". The forest
# (diamonds) falls from "shuffled" to "by time" and stays there. It is below all three bars. The
# simple forest (circles) is the same under both kinds of folds and lower in production. It is
# above all three bars.*
#
# Shuffling flatters **models that memorise**. The simple one hardly notices. And the forest loses
# to its bar even where it is flattered.
#
# But in production the simple forest falls, too, and the bar falls with it. Why?

# %%
print(f"late, January to August:     {y.mean():.1%}")
print(f"late, September to December: {production['late'].mean():.1%}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
bar = f1.loc["flag every flight"]
assert (f1.loc["forest"] < bar).all()
assert (bar < f1.loc["simple"]).all()
assert abs(f1.loc["simple", "shuffled"] - f1.loc["simple", "by time"]) < 0.02
assert abs(f1.loc["forest", "production"] - f1.loc["forest", "by time"]) < 0.03
fall = f1["by time"] - f1["production"]
assert fall["simple"] > fall["flag every flight"] > fall["simple"] / 2

# %% [markdown]
# Autumn has fewer late flights. F1 depends on how many there are, with any model, so most of the
# fall is the bar's. **Compare a score with the baseline on the same rows.** The rest of the fall is
# change that no fold could show: a fold knows only the months it has.
#
# ## What no split can see
#
# Let us add one column to `X`: `dep_delay`, how late the flight left. We know it only *after* the
# moment of prediction. So a model with it is worthless.
#
# **What do you expect** from the folds in time order? Do they notice?

# %%
X_leaky = X.assign(dep_delay=data["dep_delay"])
# leaky = %nbpipe cv simple X_leaky y --time data.sched_dep
print(f"F1 by time: {leaky.test('f1').mean():.3f}")
print(f"gap:        {leaky.gap('f1'):.3f}   (honest model: {simple_by_time.gap('f1'):.3f})")

# %% [markdown]
# A splendid score, in time order, with a tiny gap. No fold noticed. Some advice says "a gap of
# zero means a leak". But the honest model's gap is tiny, too. The gap is a hint about memory. It
# says nothing about columns that should not be there.
#
# So `cv` also **looks at the data**: is there a column that nearly gives the answer away?

# %%
print(leaky.verdict.reason)
print("->", leaky.verdict.next_step)

# %% [markdown]
# Two more leaks, better hidden. How often was this plane late? How often was any flight late on
# that day? Computed over all rows, both contain the answers of the test rows.

# %%
def late_rate(group):
    """Share of late flights in the group of each flight, over all rows."""
    return data.groupby(group)["late"].transform("mean")


X_plane = X.assign(plane_late_rate=late_rate(data["tailnum"]))
X_day = X.assign(day_late_rate=late_rate(data["sched_dep"].dt.date))
# plane = %nbpipe cv simple X_plane y --time data.sched_dep
# day = %nbpipe cv simple X_day y --time data.sched_dep
for name, report in {"plane": plane, "day": day}.items():
    print(f"{name:5}  F1 by time: {f1_of(report):.3f}   gap: {report.gap('f1'):.3f}")

# %%
print(plane.verdict.reason)
print("->", plane.verdict.next_step)

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert f1_of(leaky) > f1_of(simple_by_time) + 0.2
for column, report in {"dep_delay": leaky, "plane_late_rate": plane, "day_late_rate": day}.items():
    assert f1_of(report) > f1_of(simple_by_time)
    assert report.gap("f1") < 0.05
    assert column in report.verdict.reason

# %% [markdown]
# The data gave all three away; the split gave none. Keep asking of every column: **do I know this,
# for a new flight, at the moment of prediction?** No tool can answer that for you.

# %% [markdown]
# ## Exercise: an honest model
#
# Build a pipeline `mine` with another kind of model: a `LogisticRegression`, or a
# `HistGradientBoostingClassifier` (which needs `sparse_output=False` in the `OneHotEncoder`). Under
# folds in time order it should reach an F1 of at least 0.45 with a gap below 0.10. No leaky
# columns. The check fits copies of it anew, in folds of its own.

# %% exercise="2.1"

# %% [markdown]
# Stuck? `%nbpipe hint 2.1` gives a hint, up to three times, and `%nbpipe solution 2.1`
# shows a model that passes; yours may be another.

# %% [markdown]
# ## Key points
#
# - Test as you will predict: train on the past, test on what follows.
# - A large gap is memory. Simplify, and compare the **test** scores.
# - Always look at the baseline on the same rows. A model can be worse than no model.
# - Neither time order nor the gap finds a column that knows the answer. Ask when it is known.
#
# ## Two questions
#
# **1.** The train score is almost the same as the test score. A colleague says: "There must be a
# leak." What do you say?
#
# <details><summary>Answer</summary>
#
# Simple models on enough rows have small gaps, honestly. Equal scores alone prove nothing. Look at
# the columns: which one would you not know at the moment of prediction?
#
# </details>
#
# **2.** When are shuffled folds right?
#
# <details><summary>Answer</summary>
#
# When rows do not depend on each other, and the new ones will be drawn like the old ones: say,
# patients who each appear once, in one season. As soon as neighbouring rows share something (a
# day, a person, a machine), keep them together, by time or by group.
#
# </details>
#
# ## How far you are

# %% tags=["nbval-ignore-output"]
# %nbpipe exercise

# %% [markdown]
# Next: [03 · Save a model that loads](03_save_a_model_that_loads.ipynb) ·
# [all lessons](index.ipynb)
