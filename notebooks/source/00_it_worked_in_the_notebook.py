# %% [markdown]
# # 00 · It worked in the notebook
#
# **You will see** two ways in which a good model dies on its way to production: its score was
# never real, and its file does not load.
#
# **Time:** 2 minutes of reading, 2 for the exercise · **You need:** scikit-learn's `fit` and
# `predict`
#
# Previous: [all lessons](index.ipynb) ·
# Next: [01 · A leak-free pipeline](01_a_leak_free_pipeline.ipynb)

# %% [markdown]
# ## The question
#
# A flight is about to leave New York. **Will it arrive 15 minutes late or more?** We must answer
# two hours before departure. We know the airline, the airports, the plane, the weather, and how
# late other flights have been.
#
# January to August 2013 is our data. September to December plays **production**: the months that
# come after the model is built. ([Where the data comes from](data/DATA.md))

# %%
# nbpipe: ignore-file[NB201] This lesson fails on purpose.
import matplotlib.pyplot as plt
import pandas as pd

from flights import CATEGORICAL, NUMERIC, read_flights

plt.style.use("lesson.mplstyle")

data = read_flights("jan_aug")
production = read_flights("sep_dec")
features = NUMERIC + CATEGORICAL

data[["late", *features]].loc[100:102].T

# %% [markdown]
# Three flights, the answer (`late`), and all that we know of each. `read_flights` is short: it
# reads one file and derives three columns. All lessons use it.

# %%
import inspect

print(inspect.getsource(read_flights))

# %% [markdown]
# Most flights are on time. So there is a model that needs no learning at all: it says "never
# late". Such a model is called a **baseline**. Its score is the bar that every other model has to
# clear.

# %%
never_late = (production["late"] == 0).mean()
print(f"accuracy of 'never late' in production: {never_late:.3f}")

# %% [markdown]
# ## Failure 1: the score was never real
#
# A colleague noticed that late flights are rare. So they drew late flights again and again until
# both classes had the same size.

# %%
on_time, late = data[data["late"] == 0], data[data["late"] == 1]
balanced = pd.concat([on_time, late.sample(len(on_time), replace=True, random_state=42)])
balanced["late"].value_counts()

# %% [markdown]
# Then they split the rows at random and trained a forest.

# %%
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

train, test = train_test_split(balanced, test_size=0.2, random_state=42)
model = make_pipeline(
    make_column_transformer(
        (SimpleImputer(strategy="median"), NUMERIC),
        (OneHotEncoder(handle_unknown="ignore", min_frequency=60), CATEGORICAL),
    ),
    RandomForestClassifier(random_state=42),
)
model.fit(train[features], train["late"])


def scores(rows):
    """Accuracy and F1 of the model on some flights."""
    guess = model.predict(rows[features])
    return accuracy_score(rows["late"], guess), f1_score(rows["late"], guess)


claimed = scores(test)
print("claimed:  accuracy {:.3f}   F1 {:.3f}".format(*claimed))

# %% [markdown]
# More than nine answers in ten are right, on rows that were set aside. The notebook goes to the
# boss.
#
# **What do you expect** in September to December? The same? Five points less? Write a number down.

# %%
real = scores(production)
print("production:  accuracy {:.3f}   F1 {:.3f}".format(*real))

# %% [markdown]
# The accuracy is lower than that of "never late". F1 judges how well late flights are found. For
# F1 the baseline is another one: "flag every flight".

# %%
flag_all = f1_score(production["late"], [1] * len(production))
print(f"F1 of 'flag every flight' in production: {flag_all:.3f}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert min(claimed) > 0.9
assert real[0] < never_late
assert real[1] < flag_all

# %% [markdown]
# F1, too, is below its bar. (The folded cell above is one of several: each checks that the text is
# true of the numbers. You can skip them.) All six numbers in one picture:

# %%
rows = [1, 0]  # accuracy above, F1 below
figure, axes = plt.subplots()
axes.hlines(rows, real, claimed, color="gray")
axes.plot(claimed, rows, "o", color="C0", markersize=11, label="claimed")
axes.plot(real, rows, "D", color="C1", markersize=10, label="production")
axes.plot([never_late, flag_all], rows, "k|", ms=40, mew=2, label="baseline: no learning")
for row, claim, found in zip(rows, claimed, real, strict=True):
    axes.text(claim + 0.02, row, f"{claim:.3f}", va="center")
    axes.text(found - 0.02, row, f"{found:.3f}", va="center", ha="right")
axes.set(xlim=(0, 1), ylim=(-0.6, 1.6), xlabel="score", title="The same model, judged twice")
axes.set_yticks(rows, ["accuracy", "F1"])
axes.legend(loc="upper left", markerscale=0.5)
plt.show()

# %% [markdown]
# *Figure: for accuracy and for F1, a blue circle (claimed) far to the right, a gray line that
# leads left to an orange diamond (production), and a black bar for the baseline. Both diamonds lie
# left of their bar.*
#
# The model did not get worse. **It was never good.** Copies of the same late flight stand in the
# training part and in the test part. The forest had seen many of the answers. (How many? The
# exercise asks.)

# %% [markdown]
# ## Failure 2: the file does not load
#
# Another colleague trained a small, honest model and saved it with `joblib`. That was under
# scikit-learn 1.6.1. We have the file, and a newer scikit-learn.
#
# **What do you expect?** Does it load? Does it warn? Does it predict?

# %%
import warnings

import joblib

warnings.simplefilter("ignore")  # scikit-learn also warns; we look at what happens next
try:
    joblib.load("data/old_models/sklearn_1.6.1_ct_rf.joblib")
    outcome = "it loaded"
except AttributeError as error:
    outcome = f"AttributeError: {error}".partition(" from ")[0]
print(outcome)

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
import sklearn

assert outcome.startswith("AttributeError") or sklearn.__version__.startswith("1.6.")

# %% [markdown]
# (Only with scikit-learn 1.6 itself does it load.)
#
# The file is not damaged. A joblib file is a pickle, and a pickle stores *names* of scikit-learn's
# inner parts. A later release removed one of them. The message does not mention versions at all.
# At three in the morning, that is a long search.

# %% [markdown]
# ## Exercise: find the shared rows
#
# How many rows of `test` also stand in `train`? Write a function `shared(train, test)` that returns
# the share, between 0 and 1. It should be right for any two tables.
#
# This lesson needed scikit-learn alone. nbpipe checks the exercise; with one line the notebook
# knows it:

# %%
# %load_ext nbpipe

# %% exercise="0.1"

# %% [markdown]
# Stuck? `%nbpipe hint 0.1` gives a hint, up to three times, and `%nbpipe solution 0.1`
# shows a way to do it; yours may be another.

# %% [markdown]
# ## Key points
#
# - A score is worth nothing until you know what a model without learning would score.
# - Oversampling **before** the split puts copies of a row on both sides. The model remembers them.
# - A pickle belongs to the scikit-learn that wrote it. Another release may refuse it, with a
#   message that does not say why.
#
# ## Two questions
#
# **1.** The colleague says: "But I scored it on rows that `fit` never saw." What is wrong?
#
# <details><summary>Answer</summary>
#
# `fit` never saw those *rows*, but it saw *copies* of many of them. A test set is honest only if
# nothing in it was there in training: neither the row nor its twin.
#
# </details>
#
# **2.** Where should oversampling happen, if you want it?
#
# <details><summary>Answer</summary>
#
# After the split, on the training part only. In cross-validation: inside each fold. A pipeline of
# imbalanced-learn does that for you. Often `class_weight="balanced"` does the same job with no
# copies at all.
#
# </details>
#
# ## How far you are

# %% tags=["nbval-ignore-output"]
# %nbpipe exercise

# %% [markdown]
# Next: [01 · A leak-free pipeline](01_a_leak_free_pipeline.ipynb) ·
# [all lessons](index.ipynb)
