"""Tab completion inside %%nbpipe build, as IPython asks for it."""

import pytest
from IPython.core.completer import provisionalcompleter

HEAD = "%%nbpipe build late\n"


def complete(shell, body, head=HEAD):
    text = head + body
    with provisionalcompleter():
        return [(c.text, text[c.start :]) for c in shell.Completer.completions(text, len(text))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("model = RandomF", ("RandomForestClassifier", "RandomF")),
        ("Stand", ("StandardScaler", "Stand")),
        ("numeric >> Simple", ("SimpleImputer", "Simple")),
        ('["temp"] >> SimpleImputer() >> Stand', ("StandardScaler", "Stand")),
        ("num", ("numeric", "num")),
        ("scale = StandardScaler()\nre", ("rest", "re")),
        ("rest >> pass", ("passthrough", "pass")),
        ("SimpleImputer(str", ("strategy=", "str")),
        ("numeric >> SimpleImputer(", ("strategy=", "")),
        (
            "model = RandomForestClassifier(\n    n_estimators=10,\n    max_d",
            ("max_depth=", "max_d"),
        ),
        ("BaggingClassifier(estimator=Logistic", ("LogisticRegression", "Logistic")),
        ("BaggingClassifier(LogisticRegression(C=1), n_es", ("n_estimators=", "n_es")),
        ('cat = ["car', ("carrier", "car")),
        ('cat = ["origin", "', ("carrier", "")),
        ("cat = ['ori", ("origin", "ori")),
        ("cat = [", ('"carrier"', "")),
        ('num = "tem', ("temp", "tem")),
        ('# "quoted in a comment\ncat = ["dist', ("distance", "dist")),
    ],
)
def test_it_offers(shell, body, expected):
    assert expected in complete(shell, body)


@pytest.mark.parametrize(
    ("body", "unwanted"),
    [
        ("SimpleImputer(strategy='median', str", "strategy="),  # it is given
        ("SimpleImputer(strategy=str", "strategy="),  # a value
        ("NoSuchThing(", "strategy="),
        ('SimpleImputer(strategy="', "carrier"),  # no place for a column
        ("numeric >> re", "rest"),
        ('cat = ["carrier"] >> One', "carrier"),
    ],
)
def test_it_stays_quiet(shell, body, unwanted):
    assert unwanted not in {name for name, _ in complete(shell, body)}


@pytest.mark.parametrize("head", ["", "%%time\n", "%%nbpipe check\n", "# %%nbpipe build late\n"])
def test_other_cells_are_left_alone(shell, head):
    assert "SimpleImputer" not in {name for name, _ in complete(shell, "Simple", head)}


def test_what_the_user_has_is_offered_as_ever(shell):
    shell.user_ns["my_step"] = object()
    assert ("my_step", "my_") in complete(shell, "model = my_")


def test_it_goes_with_the_extension(shell):
    shell.run_cell("%unload_ext nbpipe")
    assert "SimpleImputer" not in {name for name, _ in complete(shell, "Simple")}
