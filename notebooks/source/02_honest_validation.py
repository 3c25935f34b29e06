# %% [markdown]
# # 02 · Honest validation
#
# **You will learn** to split by time, to read the gap between train and test, and to know what
# neither of them can see.
#
# **Time:** 4 minutes, and 5 for the exercise · **You need:** lesson 01
#
# Previous: [01 · A leak-free pipeline](01_a_leak_free_pipeline.ipynb) ·
# Next: [03 · Save a model that loads](03_save_a_model_that_loads.ipynb)

# %%
# %load_ext nbpipe

# %%
import matplotlib.pyplot as plt
from flights import CATEGORICAL, NUMERIC, read_flights
from sklearn.metrics import f1_score

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
# A random forest as scikit-learn makes it, with no settings. `numeric` and `categorical` take
# every column of that kind that is in `X`. (The `;` at the end keeps the drawing away.)

# %%
# %%nbpipe build forest
numeric >> SimpleImputer(strategy="median")
categorical >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = RandomForestClassifier(random_state=42);

# %% [markdown]
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
# The text leans on this:
drop = shuffled.test("f1").mean() - by_time.test("f1").mean()
assert drop > 0.1
assert abs(by_time.test("f1").mean() - in_production) < 0.03

# %% [markdown]
# Time order did. Shuffling promised a lot more. Here is why:

# %%
shuffled.plot_splits()

# %%
by_time.plot_splits()

# %% [markdown]
# *Figures: one bar per fold, January at the left, August at the right. Shuffled: train and test
# rows are mixed everywhere. By time: a train band, then a test band after it; each fold trains on
# more.*
#
# A storm delays all flights of an evening. Shuffled, some of them are in train, the others in
# test. The forest recognises the evening. In production, nobody has seen tomorrow evening.
#
# ## The gap
#
# A report says more than one number. Look at the train column, and at the baseline: for F1 it is
# "flag every flight".

# %% tags=["nbval-ignore-output"]
by_time

# %% [markdown]
# On rows that it has seen, the forest is perfect. On new ones it is worse than flagging
# everything. **That gap is memory.** The verdict names both. Let us take the memory away: shallow
# trees, large leaves, and more weight on the late flights.

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

# %% [markdown]
# Fold by fold, as in the report of the forest:

# %%
figure = simple_by_time.plot("f1")
figure.axes[0].set_ylim(0, 1.05)
figure

# %% tags=["assert"] jupyter={"source_hidden": true}
# The text leans on this:
assert by_time.train("f1").min() > 0.99
assert by_time.verdict.gap_range == "overfitting"
assert by_time.verdict.status == "no better than the baseline"
assert by_time.test("f1").mean() < by_time.baselines["f1"].mean
assert simple_by_time.gap("f1") < 0.1
assert simple_by_time.test("f1").mean() > by_time.test("f1").mean() + 0.1

# %% [markdown]
# *Figure: F1 of train and test in each of five folds. Train and test lie close together, above the
# baseline. In the report of the forest, train was at 1.0, and test far below, even below the
# baseline.*
#
# It knows less by heart, and so it knows more. Now all judges on one picture.

# %%
# simple_shuffled = %nbpipe cv simple X y --cv KFold(5,shuffle=True,random_state=42)

# %%
judges = ["shuffled", "by time", "production"]
f1 = {
    "forest": [shuffled.test("f1").mean(), by_time.test("f1").mean(), in_production],
    "simple": [
        simple_shuffled.test("f1").mean(),
        simple_by_time.test("f1").mean(),
        f1_in_production(simple),
    ],
}
flag_all = f1_score(production["late"], [1] * len(production))

figure, ax = plt.subplots()
for (name, values), marker in zip(f1.items(), "Do", strict=True):
    ax.plot(judges, values, marker=marker, markersize=9, label=name)
    for judge, value in zip(judges, values, strict=True):
        ax.annotate(f"{value:.3f}", (judge, value), (0, 9), textcoords="offset points", ha="center")
ax.axhline(flag_all, color="black", linestyle="--", label="flag every flight (production)")
ax.set(ylim=(0, 0.7), ylabel="F1", title="Who is flattered by shuffling?")
ax.legend(loc="lower left", ncols=3)
plt.show()

# %% tags=["assert"] jupyter={"source_hidden": true}
# The text leans on this:
assert f1["forest"][2] < flag_all < f1["simple"][2]
assert abs(f1["simple"][0] - f1["simple"][1]) < 0.02
assert f1["simple"][2] < f1["simple"][1] - 0.05

# %% [markdown]
# *Figure: F1 under the three judges. The forest falls from "shuffled" to "by time" and stays
# there, below the dashed line of "flag every flight". The simple forest is the same under both
# kinds of folds, and lower in production, but above the line.*
#
# Shuffling flatters **models that memorise**. The simple one hardly notices. Even so, production
# is lower than all folds said: autumn is not like spring. A fold can only tell you about the
# months it has.
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
# A splendid score, in time order, with a tiny gap. Some advice says "a gap of zero means a leak".
# But the honest model's gap is tiny, too. The gap is a hint about memory. It says nothing about
# columns that should not be there.
#
# So `cv` also **looks at the data**: is there a column that nearly gives the answer away?

# %%
print(leaky.verdict.reason)
print("->", leaky.verdict.next_step)

# %% [markdown]
# Another leak, better hidden: how often was this plane late? Computed over all rows, it contains
# the answers of the test rows.

# %%
rate = data.groupby("tailnum")["late"].transform("mean")
X_leaky = X.assign(plane_late_rate=rate)
# leaky = %nbpipe cv simple X_leaky y --time data.sched_dep
print(f"F1 by time: {leaky.test('f1').mean():.3f}   gap: {leaky.gap('f1'):.3f}")
print(leaky.verdict.reason)
print("->", leaky.verdict.next_step)

# %% tags=["assert"] jupyter={"source_hidden": true}
# The text leans on this:
assert leaky.gap("f1") < 0.05
assert "plane_late_rate" in leaky.verdict.reason

# %% [markdown]
# The data gave it away; the split did not. Keep asking of every column: **do I know this, for a
# new flight, at the moment of prediction?** No tool can answer that for you.

# %% [markdown]
# ## Exercise: an honest model
#
# Build a pipeline `mine` of your own. Under folds in time order it should reach F1 of at least
# 0.45 with a gap below 0.10. No leaky columns.

# %%
# your turn: begin a cell with  %%nbpipe build mine

# %% [markdown]
# ## Key points
#
# - Test as you will predict: train on the past, test on what follows.
# - A large gap is memory. Simplify, and compare the **test** scores.
# - Always look at the baseline. A model can be worse than no model.
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
# Next: [03 · Save a model that loads](03_save_a_model_that_loads.ipynb)
