"""Write docs/failures.md from the table below; ``--check`` only tells whether it is current."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parent / "failures.md"
EXPORT, LOAD, PREDICT = "prevents at export", "explains at load", "handles at predict"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure that people report, and what becomes of it here.

    Attributes
    ----------
    message : str
        What they see.
    cause : str
    source : str
        Where they reported it: projects and their issue numbers.
    where : str
        When nbpipe meets it.
    answer : str
        What it does then.
    tests : tuple of str
        The tests that show it, as pytest names them.
    not_here : str
        Why the message itself cannot be produced by the tests, where it cannot.
    """

    message: str
    cause: str
    source: str
    where: str
    answer: str
    tests: tuple[str, ...]
    not_here: str = ""


def _in(file: str, *names: str) -> tuple[str, ...]:
    return tuple(f"tests/{file}.py::{name}" for name in names)


_MATRIX = _in(
    "bundle/test_environments",
    "test_every_environment_reads_as_the_compatibility_page_tells",
    "test_the_estimator_of_another_minor_is_refused_with_both_versions_and_the_command",
)
_TRIED = _in(
    "bundle/test_environments", "test_allowing_the_mismatch_goes_on_only_where_the_trial_agrees"
)
_BARE = _in("bundle/test_load", "test_a_bare_file_is_left_closed_and_its_scikit_learn_is_named")
_PROBE = _in("bundle/test_load", "test_an_allowed_mismatch_that_predicts_otherwise_is_refused")
_LOCAL = _in("bundle/test_export", "test_code_of_the_notebook_and_of_local_modules_is_refused")
_TOO_OLD = "needs scikit-learn before 1.6, which nbpipe does not run on"

FAILURES = (
    Failure(
        "InconsistentVersionWarning: Trying to unpickle estimator ... from version ...",
        "another scikit-learn than the one that wrote the pickle",
        "scikit-learn#25297, pypgx#112",
        LOAD,
        "The plan predicts whatever the version. The estimator is refused before it is unpickled, "
        "with both versions and the command that makes an environment that fits.",
        _MATRIX,
    ),
    Failure(
        "AttributeError: Can't get attribute 'f' on <module '__main__'>",
        "a function or class defined in the notebook",
        "scikit-learn#12904, handson-ml#540, Zappa#1767",
        EXPORT,
        "Refused by name, with `%%writefile` as the way out.",
        _LOCAL
        + _in(
            "faults/test_failures",
            "test_a_function_of_the_notebook_fails_elsewhere",
        ),
    ),
    Failure(
        "PicklingError: Can't pickle <function <lambda>>, later EOFError",
        "a lambda; the dump that failed left a truncated file",
        "reproduced",
        EXPORT,
        "Refused, and nothing is written: a version appears whole, by one rename, or not at all.",
        _in(
            "faults/test_failures",
            "test_a_lambda_leaves_a_broken_file_behind_and_a_refused_export_nothing",
        )
        + _in(
            "faults/test_export",
            "test_an_export_killed_at_any_moment_leaves_whole_versions_alone",
        ),
    ),
    Failure(
        "ModuleNotFoundError: No module named 'utils'",
        "a module beside the notebook that was not shipped",
        "joblib#1073",
        EXPORT,
        "Modules that no installed package brings are refused by name; one that is missing where "
        "it is loaded is named.",
        _LOCAL + _in("bundle/test_load", "test_a_missing_module_is_named"),
    ),
    Failure(
        "ModuleNotFoundError: No module named 'numpy._core'",
        "written with numpy 2, read with numpy 1",
        "numpy#28340, numpy#27084",
        LOAD,
        "The plan predicts. The estimator is refused, as numpy's major version is older.",
        _in(
            "faults/test_failures",
            "test_what_numpy_2_wrote_fails_under_numpy_1_and_predicts_from_its_plan",
        )
        + _in(
            "bundle/test_environment",
            "test_what_a_newer_numpy_wrote_stops_and_what_an_older_wrote_is_noted",
        ),
        "numpy 1.26, the oldest that nbpipe runs on, has that name, and fails as the next one",
    ),
    Failure(
        "ValueError: <class 'numpy.random._mt19937.MT19937'> is not a known BitGenerator module",
        "numpy 2 to 1, with a random generator in the model",
        "reproduced",
        LOAD,
        "As above.",
        _in(
            "faults/test_failures",
            "test_what_numpy_2_wrote_fails_under_numpy_1_and_predicts_from_its_plan",
        ),
    ),
    Failure(
        "AttributeError: 'DecisionTreeClassifier' object has no attribute 'monotonic_cst'",
        "trees of scikit-learn 1.3 in 1.4 or later",
        "diaphora#338",
        LOAD,
        "A bare file stays closed, and its scikit-learn is named; a bundle is refused by its "
        "version.",
        _BARE,
        _TOO_OLD,
    ),
    Failure(
        "ValueError: node array from the pickle has an incompatible dtype",
        "trees from before scikit-learn 1.3 in a later one",
        "pyod#519",
        LOAD,
        "As above.",
        _BARE,
        _TOO_OLD,
    ),
    Failure(
        "AttributeError: Can't get attribute '_RemainderColsList'",
        "a ColumnTransformer of scikit-learn 1.6 in 1.7 or later",
        "20 of 21 pipelines here",
        LOAD,
        "The plan predicts the same. The estimator is refused, and by a trial where that is "
        "allowed.",
        _in(
            "faults/test_failures",
            "test_a_private_class_that_is_gone_does_not_matter_to_the_plan",
        ),
    ),
    Failure(
        "AttributeError: 'SimpleImputer' object has no attribute '_fill_dtype'",
        "an imputer of scikit-learn 1.7 in 1.8 or later: it loads, and fails at predict",
        "FLAML#740",
        LOAD,
        "As above: the trial predicts the stored rows, so it fails before anybody is served.",
        _TRIED,
    ),
    Failure(
        "ModuleNotFoundError: No module named '_loss'",
        "gradient boosting of scikit-learn 1.8 in 1.9",
        "pinard#30",
        LOAD,
        "As above.",
        _TRIED,
    ),
    Failure(
        "(nothing: the probabilities of trees are others)",
        "scikit-learn 1.3 to 1.4",
        "scikit-learn#28229",
        LOAD,
        "Stored rows must be predicted as at export, or the model is refused.",
        _PROBE,
        _TOO_OLD + "; the test changes a prediction",
    ),
    Failure(
        "NotFittedError: idf vector is not fitted",
        "tf-idf of scikit-learn 1.5 in 1.4; the other way round it is silently another",
        "gregory-ai#402",
        LOAD,
        "As above.",
        _PROBE,
        _TOO_OLD,
    ),
    Failure(
        "AttributeError: 'super' object has no attribute '__sklearn_tags__'",
        "an xgboost from before scikit-learn 1.6 beside a later one",
        "scikit-learn#30542, xgboost#11163",
        LOAD,
        "The versions of third-party estimators are recorded and compared, minor by minor.",
        _in("bundle/test_export", "test_third_party_estimators_are_recorded_as_needed")
        + _in("bundle/test_environment", "test_third_party_estimators_need_the_same_minor"),
        "such a pair fails already at fit, so there is nothing to export",
    ),
    Failure(
        "UserWarning: X does not have valid feature names",
        "a bare array given to a model that was fitted on a frame",
        "scikit-learn#25284, LightGBM#6798",
        PREDICT,
        "Refused until its columns are named; then matched by name.",
        _in(
            "faults/test_failures",
            "test_a_bare_array_is_refused_instead_of_warned_of_until_its_columns_are_named",
        )
        + _in("bundle/test_validate", "test_an_array_takes_names_beside_it_and_they_must_fit"),
    ),
    Failure(
        "ValueError: The feature names should match those that were passed during fit",
        "columns in another order, missing, or too many",
        "many threads",
        PREDICT,
        "Order is put right by name; what is missing or unexpected is named, with the nearest "
        "name.",
        _in("faults/test_failures", "test_columns_in_another_order_are_put_right_by_their_names")
        + _in("bundle/test_validate", "test_a_misspelt_column_is_matched_with_the_missing_one"),
    ),
    Failure(
        "ValueError: X has 2 features, but LogisticRegression is expecting 12 features as input",
        "get_dummies makes the columns of the rows that it sees",
        "many threads",
        PREDICT,
        "The columns that are missing are named.",
        _in(
            "faults/test_failures",
            "test_dummies_of_one_row_are_told_by_the_columns_that_they_lack",
        ),
    ),
    Failure(
        "ValueError: Found unknown categories, or nothing and a row of zeros",
        "a category that training did not have",
        "scikit-learn#16881, scikit-learn#34822",
        PREDICT,
        "Told with row, column, value and the categories; the policy makes it an error, a warning "
        "or nothing.",
        _in(
            "faults/test_failures",
            "test_an_unseen_category_is_told_where_the_encoder_says_nothing",
        )
        + _in(
            "bundle/test_validate",
            "test_an_unseen_category_is_an_error_only_where_the_encoder_would_raise",
        ),
    ),
    Failure(
        "Can not safely convert float64 to int64",
        "a column of whole numbers meets a missing value",
        "mlflow#12516, mlflow#5207",
        PREDICT,
        "The schema says number, not int64: a gap is missing, and a whole float is whole.",
        _in(
            "bundle/test_validate",
            "test_a_whole_column_with_gaps_is_a_number",
            "test_a_gap_in_a_whole_column_becomes_a_float_when_the_policy_allows_it",
        ),
        "it is another library's message, for what passes here",
    ),
    Failure(
        "TypeError: ufunc 'isnan' not supported for the input types",
        "one row whose categories are all missing",
        "EconML#745, reproduced",
        PREDICT,
        "Columns of text are rebuilt as text, missing values and all.",
        _in("bundle/test_validate", "test_one_row_with_all_text_missing_predicts"),
    ),
    Failure(
        "[CRITICAL] WORKER TIMEOUT, or a hang without a word",
        "a pool of threads, of joblib or OpenMP, made before the server forked its workers",
        "joblib#1605, joblib#1100, gunicorn#1891",
        EXPORT,
        "The plan has no pools, so a forked worker answers; the estimator is written with "
        "`n_jobs=1` inside.",
        _in(
            "faults/test_failures",
            "test_a_model_that_hangs_in_a_forked_worker_answers_there_from_its_plan",
            "test_a_forest_of_all_cores_is_exported_as_one_of_one",
        ),
    ),
    Failure(
        "(a single row takes 35 ms)",
        "a forest on all cores, checked and dispatched for one row",
        "scikit-learn#16143, scikit-learn#8244",
        PREDICT,
        "The plan predicts a row in microseconds; `benchmarks/predict.py` measures it.",
        _in(
            "bundle/test_load",
            "test_predicting_unpickles_nothing_and_imports_neither_scikit_learn_nor_pandas",
        ),
        "speed is measured, not tested",
    ),
    Failure(
        "ValueError: Buffer dtype mismatch, expected 'SIZE_t' but got 'long long'",
        "trees written on 64 bits, read on 32",
        "scikit-learn#19602",
        LOAD,
        "The platform is recorded and a difference told; the plan's arrays are the same on both.",
        _in("bundle/test_environment", "test_another_python_or_machine_is_noted"),
        "needs a 32-bit Python, for which there are no wheels of these versions",
    ),
    Failure(
        "UnpicklingError: invalid load key, 'v'",
        "a Git LFS pointer in the place of the file",
        "git-lfs#4366",
        LOAD,
        "Recognised, with the command that fetches the file.",
        _in(
            "faults/test_failures",
            "test_a_git_lfs_pointer_is_named_instead_of_an_invalid_load_key",
        ),
    ),
    Failure(
        "TypeError: code() argument 13 must be str, not int, or a segmentation fault",
        "a function that cloudpickle wrote by value under another Python",
        "cloudpickle#564",
        EXPORT,
        "Refused: functions are written by the name that an installed package has for them.",
        _in("faults/test_failures", "test_a_function_written_by_value_is_refused") + _LOCAL,
        "needs a second minor version of Python; without it the file is written without a word",
    ),
)


def page() -> str:
    """Draw the page."""
    head = ["", "what people see", "cause", "reported in", "nbpipe", "shown by"]
    lines = [head, ["---"] * len(head)]
    for number, each in enumerate(FAILURES, 1):
        tests = "<br>".join(f"`{node}`" for node in each.tests)
        tests += f"<br>*(the message itself: {each.not_here})*" if each.not_here else ""
        answer = f"**{each.where}**: {each.answer}"
        message = f"`{each.message}`" if not each.message.startswith("(") else each.message
        lines.append([str(number), message, each.cause, each.source, answer, tests])
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"{HEAD}\n\n{table}\n"


HEAD = """# Failures in production

The 25 that people report most after a scikit-learn model has left the notebook, and what becomes of
each: nbpipe **prevents** it when the model is exported, **explains** it when it is loaded, or
**handles** it when it predicts. Every row names the tests that show it; where these see the message
without nbpipe, they hold that, too. [Which version reads which](compatibility.md) is a page of its
own. (Written by `python docs/make_failures.py`.)"""


def main() -> int:
    """Write the page, or compare it; return 1 where it differs."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), "utf-8")
    elif PAGE.read_text("utf-8") != page():
        print("Run `python docs/make_failures.py`: the page differs from the table.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
