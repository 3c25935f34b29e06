"""Long work: its steps, its stop button, its end."""

from threading import Event, current_thread, main_thread

import pytest
from sklearn import config_context, get_config

from nbpipe.errors import UsageError
from nbpipe.jupyter.widgets.style import framed, status, table
from nbpipe.jupyter.widgets.work import Work


@pytest.fixture
def work():
    work = Work()
    yield work
    work.stop()
    work.wait(10)


def test_steps_run_beside_the_main_thread_and_their_result_is_handed_on(work):
    seen = []

    def steps():
        assert current_thread() is not main_thread()
        yield 0, 2, "<first>"
        seen.append(work._label.value)
        yield 1, 2, "second"
        return "the result"

    work.start(steps, seen.append)
    work.wait(10)
    assert seen == ['<span role="status">0 of 2: &lt;first&gt;</span>', "the result"]
    assert (work.running, work.message.value) == (False, "")


def test_stop_ends_it_after_the_step_that_runs_and_closes_the_generator(work):
    started, stopped, closed, results = Event(), Event(), Event(), []

    def steps():
        try:
            for at in range(1000):
                yield at, 1000, "next"
                started.set()
                stopped.wait(10)
        finally:
            closed.set()

    work.start(steps, results.append)
    assert started.wait(10)
    assert work.running
    work.stop_button.click()
    assert work.stop_button.disabled
    stopped.set()
    work.wait(10)
    assert closed.is_set()
    assert results == []
    assert "Stopped after 1 of 1000." in work.message.value
    assert not work.running


def test_what_runs_is_not_started_twice_and_can_be_started_again_later(work):
    hold, runs = Event(), []

    def steps():
        runs.append(1)
        yield 0, 1, "waiting"
        hold.wait(10)

    work.start(steps, lambda _: None)
    work.start(steps, lambda _: None)
    assert "stop it first" in work.message.value
    hold.set()
    work.wait(10)
    work.start(steps, lambda _: None)
    work.wait(10)
    assert runs == [1, 1]
    assert work.message.value == ""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UsageError("There is no <metric> 'f2'."), "There is no &lt;metric&gt; &#x27;f2&#x27;."),
        (KeyError("age\nand more"), "KeyError: "),
    ],
)
@pytest.mark.parametrize("at_the_end", [False, True])
def test_an_error_is_told_in_one_line_where_the_work_was(work, error, told, at_the_end):
    def fail(_=None):
        raise error

    def steps():
        yield 0, 1, "this"
        if not at_the_end:
            fail()

    work.start(steps, fail)
    work.wait(10)
    assert told in work.message.value
    assert 'role="status" class="nbpipe-error"' in work.message.value
    assert "Traceback" not in work.message.value
    assert not work.running


def test_settings_of_scikit_learn_hold_in_the_thread(work):
    seen = []

    def steps():
        yield 0, 1, "this"
        return get_config()["enable_metadata_routing"]

    with config_context(enable_metadata_routing=True):
        work.start(steps, seen.append)
    work.wait(10)
    assert seen == [True]


def test_whether_it_runs_can_be_observed(work):
    seen = []
    work.observe(lambda change: seen.append(change.new), "running")

    def steps():
        yield 0, 1, "this"

    work.start(steps, lambda _: None)
    work.wait(10)
    assert seen == [True, False]


def test_texts_from_outside_are_escaped_and_tables_have_headings():
    shown = table("<caption>", ["<a>", "b"], [["<row>", "<cell>"]])
    assert '<th scope="col">&lt;a&gt;</th>' in shown
    assert '<th scope="row">&lt;row&gt;</th><td>&lt;cell&gt;</td>' in shown
    assert 'aria-label="&lt;caption&gt;"' in shown
    assert status("<b>") == '<p role="status">&lt;b&gt;</p>'
    assert status("") == ""
    assert "nbpipe-widget" in framed()._dom_classes
