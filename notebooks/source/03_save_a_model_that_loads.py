# %% [markdown]
# # 03 · Save a model that loads
#
# **You will learn** why a saved model fails in another place, and export one that does not.
#
# **Time:** 3 minutes of reading, 3 for the exercise · **You need:** lesson 02
#
# Previous: [02 · Honest validation](02_honest_validation.ipynb) ·
# Next: [04 · Load and validate](04_load_and_validate.ipynb)

# %%
# nbpipe: ignore-file[NB501] This lesson shows what a bare joblib file lacks.
# %load_ext nbpipe

# %%
import shutil
import warnings
from pathlib import Path

import joblib
import matplotlib.pyplot as plt
import sklearn
from matplotlib.colors import ListedColormap
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import TimeSeriesSplit, cross_validate

from flights import CATEGORICAL, NUMERIC, read_flights

plt.style.use("lesson.mplstyle")
warnings.simplefilter("ignore")  # old models warn a lot; here we look at what they do

data = read_flights("jan_aug")
X, y = data[NUMERIC + CATEGORICAL], data["late"]

shutil.rmtree("models/03", ignore_errors=True)  # so that this lesson can run again
folder = Path("models/03")
folder.mkdir(parents=True)

# %% [markdown]
# The simple forest of lesson 02:

# %%
# %%nbpipe build late
numeric >> SimpleImputer(strategy="median")
categorical >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)
model = RandomForestClassifier(
    max_depth=6, min_samples_leaf=30, class_weight="balanced", random_state=42
);

# %% [markdown]
# ## Three ways to save a model badly
#
# ### 1. Validate, save, deploy
#
# Many notebooks do this: cross-validate the model, look at its score, save the model. Then the
# service loads it and predicts.
#
# **What do you expect?** Read the next cell slowly. Which model is in the file?

# %%
score = cross_validate(late, X, y, cv=TimeSeriesSplit(), scoring="f1")["test_score"].mean()
joblib.dump(late, folder / "late.joblib")
print(f"saved a model with F1 {score:.3f}")

# %%
try:
    joblib.load(folder / "late.joblib").predict(X)
except NotFittedError as error:
    print("NotFittedError:", error)

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert not hasattr(late.named_steps["model"], "estimators_")

# %% [markdown]
# **Nobody ever fitted it.** `cross_validate` works on clones: it fits five copies, scores them,
# and throws them away. `late` itself learned nothing. The score belongs to the copies; the model
# in the file is blank.
#
# ### 2. The version inside the file
#
# The next idea: put the version of scikit-learn into the same file as the model, and compare it
# after loading. Here are nine real files: three pipelines, each saved by three releases. Will they
# work with the scikit-learn of this notebook?
#
# **What do you expect?** How many of the nine predict? And those that do not: do they fail before
# or after you could have looked at a version inside the file?

# %%
pipelines = {
    "ct_rf": "columns + forest",
    "ct_rem_hgb": "columns + boosting",
    "scale_lr": "scaler + logistic",
}
releases = ["1.6.1", "1.7.2", "1.8.0"]


def try_old_model(path):
    """How far an old model gets in this environment, and what stopped it."""
    try:
        model = joblib.load(path)
    except Exception as error:
        return "fails at load", type(error).__name__
    try:
        model.predict(X[model.feature_names_in_])
    except Exception as error:
        return "fails at predict", type(error).__name__
    return "predicts", ""


# %%
results = {
    (release, pipeline): try_old_model(f"data/old_models/sklearn_{release}_{pipeline}.joblib")
    for release in releases
    for pipeline in pipelines
}

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert all(results[release, "scale_lr"][0] == "predicts" for release in releases)

# %%
outcomes = ["fails at load", "fails at predict", "predicts"]
grid = [[outcomes.index(results[r, p][0]) for p in pipelines] for r in releases]

figure, ax = plt.subplots(figsize=(7, 2.6))
colours = ListedColormap(["#D55E00", "#E69F00", "#56B4E9"])
ax.pcolormesh(grid, cmap=colours, vmin=0, vmax=2, edgecolors="white", linewidth=4)
for row, release in enumerate(releases):
    for column, pipeline in enumerate(pipelines):
        text = "\n".join(results[release, pipeline]).strip()
        ax.text(column + 0.5, row + 0.5, text, ha="center", va="center")
ax.set_xticks([0.5, 1.5, 2.5], pipelines.values())
ax.set_yticks([0.5, 1.5, 2.5], [f"saved by {release}" for release in releases])
ax.invert_yaxis()
ax.set_title(f"Old models in scikit-learn {sklearn.__version__}")
plt.show()

# %% [markdown]
# *Figure: a grid. Rows: the release that saved the model, 1.6.1 to 1.8.0. Columns: three
# pipelines. Each cell says in words how far the file gets here: fails at load, fails at predict
# (both with the kind of error), or predicts. The scaler with the logistic regression predicts in
# every row.*
#
# Read a row: files of one release fare differently. The simple model survives, the others may
# not. Some advice says to expect a `VersionError`. Let us look for one, with warnings switched on.

# %%
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    joblib.load("data/old_models/sklearn_1.6.1_scale_lr.joblib")
print("warned:", *sorted({each.category.__name__ for each in caught}))
print("raised:", *sorted({error for _, error in results.values()} - {""}))

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert not hasattr(sklearn.exceptions, "VersionError")
assert not any("Version" in error for _, error in results.values())
same = sklearn.__version__.startswith("1.6.")
assert same or "InconsistentVersionWarning" in {each.category.__name__ for each in caught}

# %% [markdown]
# There is none. scikit-learn warns, even of models that work. Then comes whatever breaks first.
#
# Read the words: a file that **fails at load** never gets to your version check, because the
# version is in the file. And one that **fails at predict** has loaded without an error: a service
# would start with it, and crash at the first request.
#
# So the version must stand **outside**, in a file that any program can read without opening the
# model. JSON is such a file.
#
# ### 3. Trust
#
# A joblib file is a pickle. A pickle is not data: it is a little program that builds objects.
#
# **What do you expect** the next cell to print? It only *loads* a file.

# %%
class Guest:
    """Asks the loader to call a function: here `print`, but any other would do."""

    def __reduce__(self):
        return print, ("I ran while you were loading me.",)


joblib.dump(Guest(), folder / "guest.joblib")
joblib.load(folder / "guest.joblib")

# %% [markdown]
# Here it was a sentence. It could have been any command. **Load pickles only from people you
# trust**, and check that the file is still the one that they wrote. "We use joblib, not pickle" is
# no answer.

# %% [markdown]
# ## Export
#
# `%nbpipe export` writes all that another place has to know. First, though, what does it say to
# our model that was never fitted?

# %% tags=["raises-exception"]
# %nbpipe export late X y --to models/03/late --version 1.0.0

# %% [markdown]
# It refuses. So cross-validate for the score, then **fit on all the rows**, then export.

# %%
# report = %nbpipe cv late X y --time data.sched_dep

# %%
late.fit(X, y)
# bundle = %nbpipe export late X y --to models/03/late --version 1.0.0 --report report

# %% [markdown]
# One version is one folder. Let us look into it.

# %%
version = folder / "late" / "1.0.0"
for file in sorted(version.iterdir()):
    print(file.name)

# %% [markdown]
# `manifest.json` is for people and programs. Reading it opens no pickle. Here is some of it.

# %%
import json

manifest = json.loads((version / "manifest.json").read_text())
print("packages:", *manifest["environment"]["packages"])
print("rows:    ", manifest["data"]["rows"])
print("features:", len(manifest["schema"]["features"]))
print(f"F1:       {manifest['report']['metrics']['f1']['test_mean']:.3f}")

# %% [markdown]
# ## Load it in another process
#
# A new Python knows nothing of this notebook: no variables, no imports. This is what your service
# does. `load` reads the manifest, compares digests and versions, opens the model, and then
# predicts a few stored rows to see that the answers are still the same.

# %%
import subprocess
import sys

flight = X.iloc[[100]]
flight.to_json("models/03/flight.json", orient="records")

service = """
import json, nbpipe
model = nbpipe.load("models/03/late")
rows = json.load(open("models/03/flight.json"))
print(f"{model.predict_proba(rows)[0, 1]:.3f}")
"""
answer = subprocess.run([sys.executable, "-c", service], capture_output=True, text=True, check=True)
print("another process:", answer.stdout.strip())
print("this notebook:  ", f"{late.predict_proba(flight)[0, 1]:.3f}")

# %% tags=["assert"] jupyter={"source_hidden": true}
# Checks that the text is true; you can skip it.
assert float(answer.stdout) == round(late.predict_proba(flight)[0, 1], 3)

# %% [markdown]
# And in an environment with another scikit-learn, say 1.8 instead of 1.9? The version predicts
# there, too: its `plan.npz` holds the pipeline as plain arrays, and `load` opens nothing else.
# Only if you ask for `model.pipeline`, the estimator itself, is there a `VersionMismatchError`.
# It names both versions and the command that makes an environment that fits. (This notebook has
# only one scikit-learn, so it cannot show you. The [README](../README.md) tells what the limits
# are.)
#
# ## A version is for ever
#
# Tomorrow you have a better model. **What do you expect** if you export it as 1.0.0 again?

# %% tags=["raises-exception"]
# %nbpipe export late X y --to models/03/late --version 1.0.0

# %% [markdown]
# A number that can mean two models means nothing. Without `--version`, the next one is chosen.

# %%
# bundle = %nbpipe export late X y --to models/03/late --report report
print(*sorted(path.name for path in (folder / "late").iterdir()))

# %% [markdown]
# ## Exercise: round trip
#
# Train a model of your own, `mine`, and export it to `models/03/mine`. Load it from there into
# `again`. Then write a function `rows(model)` that says of **any** loaded model how many rows it
# was trained on. (Press the tab key after `again.manifest.` and look around.)

# %% exercise="3.1"

# %% [markdown]
# Stuck? `%nbpipe hint 3.1` gives a hint, up to three times, and `%nbpipe solution 3.1`
# shows a way to do it; yours may be another.

# %% [markdown]
# ## Key points
#
# - `cross_validate` does not fit your model. Fit it before you save it.
# - A pickle belongs to the scikit-learn that wrote it. Versions stand outside, in JSON, read first.
# - joblib is pickle: loading runs code. Check digests, and trust the source.
# - A version is written once, and never again.
#
# ## Two questions
#
# **1.** Your service starts, loads its model and reports "healthy". The first request crashes with
# an `AttributeError` deep inside scikit-learn. What happened?
#
# <details><summary>Answer</summary>
#
# Probably the model was saved by another release. It loaded, but an attribute that the new code
# expects is not there. A service should predict a few stored rows before it says "healthy".
#
# </details>
#
# **2.** Why is a digest (a hash) of the model file not enough to trust it?
#
# <details><summary>Answer</summary>
#
# It shows that the file is the one that was exported. It does not show *who* exported it. Whoever
# can replace the file can replace the digest beside it.
#
# </details>
#
# ## How far you are

# %% tags=["nbval-ignore-output"]
# %nbpipe exercise

# %% [markdown]
# Next: [04 · Load and validate](04_load_and_validate.ipynb) ·
# [all lessons](index.ipynb)
