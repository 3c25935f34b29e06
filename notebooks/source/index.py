# %% [markdown]
# # From notebook to production: the lessons
#
# **A good score in a notebook is where the work begins.** In seven short lessons, models that
# predict 9,000 real flights fail on their way to production, each in another way, and you put them
# right. A lesson shows the failure first.
#
# **For** people who know scikit-learn's `fit` and `predict`, and a little pandas. Nothing else.
#
# **Time:** 20 minutes of reading, about 25 for the exercises. Take the lessons in order; each
# works without the files of the others, so you can stop after any of them.
#
# Minutes of reading + minutes for the exercises:
#
# - [00 · It worked in the notebook](00_it_worked_in_the_notebook.ipynb), 2 + 2:
#   a score that collapses, and a file that does not load
# - [01 · A leak-free pipeline](01_a_leak_free_pipeline.ipynb), 3 + 4:
#   what a forgotten step does, and a model that cannot forget it
# - [02 · Honest validation](02_honest_validation.ipynb), 4 + 5:
#   who is flattered by shuffling, and what no split can see
# - [03 · Save a model that loads](03_save_a_model_that_loads.ipynb), 3 + 3:
#   an unfitted model, nine old files, and a version that loads
# - [04 · Load and validate](04_load_and_validate.ipynb), 3 + 4:
#   columns that changed places, without an error
# - [05 · Review the assistant's code](05_review_the_assistants_code.ipynb), 3 + 5:
#   six scripts by an assistant; one is innocent
# - [06 · Verify before shipping](06_verify_before_shipping.ipynb), 2 + 4:
#   the best month is hardly better than no model
# - [99 · Template](99_template.ipynb): **for professionals**, one page
#   from a table to a verified version
#
# ## How a lesson works
#
# Run one cell after the other (Shift+Enter). Where it asks **What do you expect?**, stop and guess
# before you run the next cell. An exercise is a cell with a `...` in it: put your answer there, run
# it, and run the cell below, which checks what your answer *does*. `%nbpipe hint 0.1` gives a hint,
# up to three times, and `%nbpipe solution 0.1` a solution. Cells that are folded check that the
# text is true; skip them.
#
# If something is broken: *Kernel → Restart Kernel and Run All Cells* brings a lesson back to its
# start. (Some errors are there on purpose, and the text says so.)
#
# ## How far you are

# %%
# %load_ext nbpipe

# %% tags=["nbval-ignore-output"]
# %nbpipe exercise

# %% [markdown]
# Run these two cells to see what you have solved. It is kept in the folder `exercises`, so it is
# still there tomorrow. (On Binder, only as long as your session.)
#
# ## More
#
# - [Glossary](GLOSSARY.md): the words of the lessons, in a sentence each
# - [Where the data comes from](data/DATA.md)
# - [For people who teach with this](TEACHING.md): timing, common wrong answers, your own data
# - [nbpipe itself](../README.md)
#
# Next: [00 · It worked in the notebook](00_it_worked_in_the_notebook.ipynb)
