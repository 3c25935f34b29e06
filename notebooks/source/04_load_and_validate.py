# %% [markdown]
# # 04 · Load and validate
#
# **You will learn** what bad input does to a model that trusts its caller, and how a model that
# knows its columns refuses.
#
# **Time:** 3 minutes of reading, 4 for the exercise · **You need:** lesson 03 (not its files)
#
# Previous: [03 · Save a model that loads](03_save_a_model_that_loads.ipynb) ·
# Next: [05 · Review the assistant's code](05_review_the_assistants_code.ipynb)

# %%
# %load_ext nbpipe

# %%
import shutil
import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from flights import CATEGORICAL, NUMERIC, read_flights

plt.style.use("lesson.mplstyle")
warnings.simplefilter("ignore")  # until we want to see them

data = read_flights("jan_aug")
production = read_flights("sep_dec")
X, y = data[NUMERIC + CATEGORICAL], data["late"]

shutil.rmtree("models/04", ignore_errors=True)  # so that this lesson can run again

# %% [markdown]
# ## A model without names
#
# Many services turn each request into an array of numbers. Here is a model that was trained on an
# array, too. So it knows columns by their **place** only.

# %%
by_place = make_pipeline(
    SimpleImputer(strategy="median"),
    StandardScaler(),
    LogisticRegression(class_weight="balanced"),
)
by_place.fit(data[NUMERIC].to_numpy(), y)

right = by_place.predict_proba(production[NUMERIC].to_numpy())[:, 1]
print(f"AUC {roc_auc_score(production['late'], right):.3f}, flagged {(right > 0.5).mean():.1%}")

# %% [markdown]
# (AUC is the chance that a late flight gets a higher probability than one on time: 0.5 is a coin.)
#
# Now somebody upstream tidies up: the columns arrive **in alphabetical order**. Same flights, same
# values.
#
# **What do you expect?** An error? A slightly worse model?

# %%
alphabetical = by_place.predict_proba(production[sorted(NUMERIC)].to_numpy())[:, 1]
auc = roc_auc_score(production["late"], alphabetical)
print(f"AUC {auc:.3f}, flagged {(alphabetical > 0.5).mean():.1%}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert abs(auc - 0.5) < 0.02
assert (alphabetical > 0.5).mean() > 0.99

# %% [markdown]
# A coin, and every flight flagged. No error: where the model expects the hour it got the distance,
# and both are numbers. Here are the answers in both orders:

# %%
figure, ax = plt.subplots()
bins = np.linspace(0, 1, 41)
ax.hist(right, bins, label="columns as in training", edgecolor="white")
ax.hist(alphabetical, bins, label="columns in alphabetical order", edgecolor="white", hatch="///")
ax.axvline(0.5, color="black", linestyle="--")
ax.set(yscale="log", xlabel="probability of late", ylabel="flights (log scale)")
ax.set_title("The same flights, the same model")
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# *Figure: two histograms of the predicted probability. Columns as in training: a broad hill.
# Columns in alphabetical order: a single hatched bar at 1. A dashed line marks 0.5.*

# %% [markdown]
# ## A check by hand
#
# So services check their input. Here is a check as it is often written.

# %%
def predict_by_hand(record):
    """Compare the names, then put the values in order."""
    if set(record) != set(NUMERIC):
        raise ValueError(f"missing: {set(NUMERIC) - set(record)}")
    row = np.array([[record[name] for name in NUMERIC]], dtype=float)
    return by_place.predict_proba(row)[0, 1]


numbers = production[NUMERIC].iloc[100].to_dict()
print(f"a good flight: {predict_by_hand(numbers):.3f}")

# %% [markdown]
# **What do you expect** for a flight with one column too many? And for a distance that is text?

# %%
try:
    predict_by_hand(numbers | {"gate": 7})
except ValueError as error:
    print("one column too many ->", error)

print(f"distance is '9'     -> {predict_by_hand(numbers | {'distance': '9'}):.3f}")

# %% [markdown]
# The first message is true, and helps nobody: nothing is missing. The second is worse. Somebody
# sent text, and got an answer.
#
# ## A model that knows its columns
#
# We export the pipeline of lesson 01, and load it again as a service would.

# %%
# %%nbpipe build late
numeric >> SimpleImputer(strategy="median") >> StandardScaler()
categorical >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = LogisticRegression(class_weight="balanced", max_iter=1000);

# %%
late.fit(X, y)
# bundle = %nbpipe export late X y --to models/04/late --version 1.0.0
# model = %nbpipe load models/04/late

# %% [markdown]
# The model carries a schema: what training saw. Here are some of its columns.

# %%
for feature in model.schema.features[:4] + model.schema.features[-4:-2]:
    gaps = "may be missing" if feature.nullable else "never missing"
    print(f"{feature.name:10} {feature.type:10} {gaps:15} {feature.seen()}")

# %% [markdown]
# **Order:** columns are matched by name.

# %%
for columns in (NUMERIC + CATEGORICAL, sorted(NUMERIC + CATEGORICAL)):
    p = model.predict_proba(production[columns])[:, 1]
    print(f"first column {columns[0]:10} AUC {roc_auc_score(production['late'], p):.3f}")

# %% [markdown]
# **One flight** is a dict.

# %%
flight = production[NUMERIC + CATEGORICAL].iloc[100].to_dict()
print(f"{model.predict_proba(flight)[0, 1]:.3f}")

# %% [markdown]
# **Something else entirely:** the error is a `ValueError`, so your usual `except` catches it.

# %%
try:
    model.predict({"wrong_feature": 1.0})
except ValueError as error:
    print(error)

# %% [markdown]
# **Eight bad flights**, each with another fault. **What do you expect:** how many of them will the
# error name?

# %%
without_hour = {name: value for name, value in flight.items() if name != "hour"}
bad_flights = [
    flight | {"distance": "9"},
    flight | {"temp": "warm"},
    flight | {"seats": True},
    flight | {"wind_speed": np.inf},
    flight | {"hour": None},
    flight | {"carrier": 7},
    flight | {"gate": "B12"},
    without_hour,
]

# %% tags=["raises-exception"]
model.predict([flight, *bad_flights])

# %% [markdown]
# All eight, each with its row and column. Where a value is wrong: what came, and what was
# expected. And the good flight in row 0? It gets no answer, either: a batch is accepted whole or
# not at all.
#
# ## What no schema can see
#
# A new weather service reports Celsius. Training knew Fahrenheit. The name is right, and the type
# is right.
#
# **What do you expect?** Is it refused? Does F1 collapse?

# %%
celsius = production.assign(temp=(production["temp"] - 32) / 1.8)

for unit, rows in {"Fahrenheit": production, "Celsius": celsius}.items():
    guess = model.predict(rows[X.columns])
    print(f"{unit:10}  F1 {f1_score(production['late'], guess):.3f}")

# %% [markdown]
# Neither. Every value is a fine number, and this model leans little on the temperature. But many
# values are now colder than any that training saw. `predict` does not refuse these: a record cold
# is no mistake. It warns. (We switched warnings off above. Here we catch them, and count by
# column.)

# %%
for unit, rows in {"Fahrenheit": production, "Celsius": celsius}.items():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.predict(rows[X.columns])
    new = caught[0].message.counts
    print(f"{unit:10}  not seen in training: {dict(new)}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert new["temp"] == (celsius["temp"] < X["temp"].min()).sum() > 1000

# %% [markdown]
# New destinations and a record of air pressure are life. A flood of warnings about **one** column
# is a mistake upstream. Count them, and look.

# %% [markdown]
# ## Exercise: a validator
#
# Write `is_good(record)` with your own few lines, without nbpipe. It returns `True` for `flight`
# and `False` for each of the `bad_flights`.

# %% exercise="4.1"

# %% [markdown]
# Stuck? `%nbpipe hint 4.1` gives a hint, up to three times, and `%nbpipe solution 4.1`
# shows a way to do it; yours may be another.

# %% [markdown]
# ## Key points
#
# - A model that knows columns by place gives wrong answers without an error. Train on a DataFrame,
#   and match columns by name.
# - Check names **and** types **and** missing values, and say all that is wrong at once.
# - Text that looks like a number is not a number. Refuse it; somebody upstream has changed.
# - A wrong unit passes every check of names and types. Watch for values out of range.
#
# ## Two questions
#
# **1.** Your model was trained on a bare array. Production sends a DataFrame. Are you safe now?
#
# <details><summary>Answer</summary>
#
# No. The model has no names to compare with, so it still goes by place. The names must be there
# when you call `fit`.
#
# </details>
#
# **2.** An airline that training never saw comes in. Should the service refuse the flight?
#
# <details><summary>Answer</summary>
#
# It depends on the pipeline. `OneHotEncoder(handle_unknown="ignore")` treats it as "none of the
# known ones", and the rest of the columns still say something: answer, and warn. An encoder that
# would raise leaves no choice: refuse, with a clear message.
#
# </details>
#
# ## How far you are

# %% tags=["nbval-ignore-output"]
# %nbpipe exercise

# %% [markdown]
# Next: [05 · Review the assistant's code](05_review_the_assistants_code.ipynb) ·
# [all lessons](index.ipynb)
