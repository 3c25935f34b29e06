"""Name what is wrong in six scripts, and which is innocent"""

from pathlib import Path

from nbpipe.lessons.exercise import expect

KINDS = ("copies", "target", "chosen", "unknown", "forgotten")

start = """
verdicts = ...  # such as {"a": (13, "copies"), "b": ..., ..., "f": None}
"""

hints = (
    (
        "The checker has named the lines of three; `%nbpipe explain NB201` says more of a code. "
        "The script whose claim holds is the innocent one."
    ),
    (
        "The two that are left: where does **b** put together its list of columns, and does it "
        "leave out all that is known only after departure? What did **d** do to the rows of "
        "training that it does not do to new flights?"
    ),
    (
        "a repeats rows, c computes a rate from all answers, e keeps the best of 200 trees by the "
        "test rows. In b it is the list of features, in d what `predict` returns."
    ),
)

solution = """
verdicts = {
    "a": (14, "copies"),
    "b": (14, "unknown"),
    "c": (12, "target"),
    "d": (21, "forgotten"),
    "e": (21, "chosen"),
    "f": None,
}
"""

also_right = (
    """
verdicts = {
    "f": None,
    "e": (22, "chosen"),
    "d": (21, "forgotten"),
    "c": (13, "target"),
    "b": (15, "unknown"),
    "a": (14, "copies"),
}
""",
)

wrong = {
    "verdicts = ['a', 'b']": "should be a dict",
    "verdicts = {'a': (14, 'copies')}": "says nothing about b, c, d, e, f",
    "verdicts = dict.fromkeys('abcdef')": "a is not innocent",
    solution.replace('"f": None', '"f": (14, "unknown")'): "f is innocent",
    solution.replace("unknown", "leak"): "no kind `leak`",
    solution.replace('(14, "unknown")', '(14, "copies")'): "b has another fault",
    solution.replace('(21, "forgotten")', '(15, "forgotten")'): "d: not line 15",
    "verdicts = dict.fromkeys('abcde', 14) | {'f': None}": "a line and a kind",
}

# Each script's kind, and the words of the lines that a reviewer could point to.
_FAULTS = {
    "a": ("copies", ("balanced = ", "on_time, late")),
    "b": ("unknown", ("features = [", "name for name", "]")),
    "c": ("target", ("plane_rate = ", 'data["plane_rate"]', "features = ")),
    "d": ("forgotten", ("def predict", "return model.predict")),
    "e": ("chosen", ("score = ", "if score > claim", "claim, model", "for depth", "for seed")),
}


def check(space):
    verdicts = space["verdicts"]
    expect(isinstance(verdicts, dict), "`verdicts` should be a dict, with a key for each script.")
    left = [name for name in "abcdef" if verdicts.get(name, ...) is ...]
    expect(not left, f"It says nothing about {', '.join(left)}.")
    expect(verdicts["f"] is None, "f is innocent: its claim holds.")
    for name, (kind, words) in _FAULTS.items():
        given = verdicts[name]
        expect(given is not None, f"{name} is not innocent: look at its two scores.")
        expect(
            isinstance(given, tuple) and len(given) == 2,
            f"{name} should have a line and a kind, such as (14, 'copies').",
        )
        line, told = given
        expect(told in KINDS, f"There is no kind `{told}`; there are {', '.join(KINDS)}.")
        expect(told == kind, f"{name} has another fault than `{told}`.")
        source = Path(f"assistant/{name}.py").read_text(encoding="utf-8").splitlines()
        there = source[line - 1] if isinstance(line, int) and 0 < line <= len(source) else ""
        expect(
            there.strip().startswith(words), f"{name}: not line {line}; that is `{there.strip()}`."
        )
    return "Three by the checker, two by knowing what columns mean and what a service does."
