# %% [markdown]
# # 05 · Review the assistant's code
#
# **You will learn** to review code that an AI assistant wrote, faster than it was written, and to
# ask in a way that gets better code.
#
# **Time:** 3 minutes of reading, 5 for the exercises · **You need:** lesson 02
#
# Previous: [04 · Load and validate](04_load_and_validate.ipynb) ·
# Next: [06 · Verify before shipping](06_verify_before_shipping.ipynb)

# %%
# %load_ext nbpipe

# %%
import runpy
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Code
from sklearn.metrics import f1_score

import nbpipe
from flights import CATEGORICAL, NUMERIC, read_flights

plt.style.use("lesson.mplstyle")

data = read_flights("jan_aug")
X, y = data[NUMERIC + CATEGORICAL + ["dep_delay", "sched_dep"]], data["late"]

# %% [markdown]
# ## Six answers to one question
#
# We asked an assistant: *"Write a script that predicts which flights are late. Make the F1 as good
# as you can."* Six times, six scripts: `assistant/a.py` to `f.py`. Each fits a `model`, reports an
# F1 on rows that it set aside (its `claim`), and has a function `predict` for new flights. All six
# run without an error. Here is the first:

# %%
Code(filename="assistant/a.py")

# %% [markdown]
# Clean, short, with a comment that gives a reason. **What do you expect:** will its claim hold?
#
# We run all six, and give each `predict` the flights of September to December as they are two hours
# **before** departure. What happens later (`dep_delay`, `air_time`, `arr_delay`) is not known yet.

# %%
later = ["dep_delay", "air_time", "arr_delay", "late"]
production = read_flights("sep_dec")
before = production.assign(**dict.fromkeys(later, np.nan))


def review(name):
    """Run a script; return the F1 that it claims, and the one that it has in production."""
    script = runpy.run_path(f"assistant/{name}.py")
    return script["claim"], f1_score(production["late"], script["predict"](before))


scores = pd.DataFrame({name: review(name) for name in "abcdef"}, index=["claimed", "production"]).T
scores.round(3)

# %%
flag_all = f1_score(production["late"], np.ones(len(production)))
figure, axes = plt.subplots(figsize=(7, 3))
rows = np.arange(len(scores))[::-1]
axes.hlines(rows, scores["production"], scores["claimed"], color="gray")
axes.plot(scores["claimed"], rows, "o", color="C0", markersize=9, label="claimed")
axes.plot(scores["production"], rows, "D", color="C1", markersize=8, label="production")
axes.axvline(flag_all, color="black", linestyle="--", label="flag every flight")
axes.set(xlim=(-0.03, 1), xlabel="F1", title="Six scripts: what they claim, and what comes")
axes.set_yticks(rows, scores.index)
axes.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Figure: for each script a to f, a blue circle (claimed) and an orange diamond (production) on a
# line. For a, c and e the diamond lies far to the left of the circle; for b and d it lies at zero.
# Only for f are the two close, right of the dashed line for flagging every flight.*

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
gap = scores["claimed"] - scores["production"]
assert gap.idxmin() == "f"
assert scores["claimed"].idxmin() == "f"
assert scores["production"].idxmax() == "f"
assert (scores.loc[["b", "d"], "production"] < 0.05).all()
assert (gap.drop("f") > 0.15).all()
assert scores.loc["f", "production"] > flag_all

# %% [markdown]
# **The script with the smallest claim is the best one.** If you choose by the claim, you choose the
# greatest liar. And reading them one by one takes longer than it took to write them.
#
# ## Let the checker read first
#
# The checker runs nothing. It follows the rows through the code: which of them judge the model, and
# did they have a part in what was fitted? (In a shell, this is `nbpipe check`.)

# %%
found = {}
for path in sorted(Path("assistant").glob("*.py")):
    for each in nbpipe.check_text(path.read_text()).findings:
        found[path.stem] = each.finding
        print(f"{path}, line {each.finding.place.line}: {each.finding.code} {each.finding.name}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert {name: each.code for name, each in found.items()} == {
    "a": "NB201",
    "c": "NB105",
    "e": "NB302",
}

# %% [markdown]
# Three of the five, with their lines. Here is what it says about the first, as a prompt that you
# can give back to the assistant:

# %%
print(found["a"].prompt)

# %% [markdown]
# The other two stay silent, and you should know why:
#
# - **b** uses a column that is not there at the moment of prediction. Nothing in the code says so.
#   *You* know what a column means and when it is known. The checker knows rows.
# - **d** forgets a step in `predict`, a function that the script never calls. A pipeline could not
#   forget it (lesson 01). A few stored rows with their answers would show it at once (lesson 03).
#
# ## Ask better
#
# The question was the first mistake. *"Make the F1 as good as you can"* asks for a high number, and
# that is what came. It said nothing about the data, the split, or what is known when.
#
# `%nbpipe prompt` writes a specific question from your own table: the columns and their gaps, the
# split, and the rules. It tells no value of any cell.

# %%
# prompt = %nbpipe prompt X y --time sched_dep --unknown dep_delay
prompt

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert "TimeSeriesSplit" in prompt
assert "never used: `dep_delay`" in prompt
assert not any(f"'{value}'" in prompt for value in X["carrier"].unique())

# %% [markdown]
# Compare: *"Fix the leak in my code"* is a wish. *"Split `data` first, and repeat rows of the
# training part only"* is a task. The prompt of each finding is of the second kind.
#
# ## Exercise: name what is wrong
#
# For each script, `verdicts` should say the line where it goes wrong and the kind of mistake, or
# None for the innocent one. The kinds are `"copies"` (rows on both sides), `"target"` (answers of
# test rows in a feature), `"chosen"` (chosen on the test rows), `"unknown"` (a column from the
# future) and `"forgotten"` (a step is missing when it predicts). Open the scripts beside this
# notebook, or show one with `Code(filename="assistant/b.py")`.

# %% exercise="5.1"

# %% [markdown]
# Stuck? `%nbpipe hint 5.1` gives a hint, up to three times, and `%nbpipe solution 5.1`
# shows the answer.

# %% [markdown]
# ## Exercise: repair one
#
# Script **d** is nearly good. Write `predict_late`, a function of new flights that predicts with
# the model and the scaler of the script, as they should be used. The check asks it about flights
# of its own and computes the F1 in production.

# %%
script = runpy.run_path("assistant/d.py")
model, scaler = script["model"], script["scaler"]

# %% exercise="5.2"

# %% [markdown]
# Stuck? `%nbpipe hint 5.2` gives a hint, up to three times, and `%nbpipe solution 5.2`
# shows a way to do it; yours may be another.

# %% [markdown]
# ## Key points
#
# - Code that runs, reads well and claims much can be worth nothing. The claim is not evidence.
# - Let a tool follow the rows. Keep your own time for what it cannot know: when is a column known?
# - A specific prompt names the data, the split and what is not known yet.
# - Score on rows that came later. That tells what no reading does.
#
# ## Two questions
#
# **1.** `nbpipe check` finds nothing. Is the script right?
#
# <details><summary>Answer</summary>
#
# It says that no row that judges the model was followed into a fit. It does not say that the
# columns are known at prediction, or that the service does the same as the script.
#
# </details>
#
# **2.** May you give the assistant the table itself, so that it understands the data better?
#
# <details><summary>Answer</summary>
#
# Only if you may give it away: it leaves your machine. Names, kinds, gaps and the split are nearly
# always enough, and that is what `%nbpipe prompt` tells.
#
# </details>
#
# ## How far you are

# %% tags=["nbval-ignore-output"]
# %nbpipe exercise

# %% [markdown]
# Next: [06 · Verify before shipping](06_verify_before_shipping.ipynb) ·
# [all lessons](index.ipynb)
