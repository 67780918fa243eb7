"""The gate before heavy questions: who runs, who waits in line, who is turned away at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.processes import wait_until
from traceapp.domain.errors import BusyError, TooManyQuestionsError
from traceapp.web.gate import Gate


def test_who_comes_when_the_line_is_full_is_turned_away_at_once() -> None:
    """Were he to wait as well, every thread of the process would stand in line."""
    gate = Gate(at_once=1, in_line=1, of_one=5, patience=30)
    gate.enter("a")
    with ThreadPoolExecutor(1) as waiting:
        second = waiting.submit(gate.enter, "b")
        wait_until(lambda: gate.waiting == 1, 10)
        turned_away = threading.Event()

        def third() -> None:
            with pytest.raises(BusyError):
                gate.enter("c")
            turned_away.set()

        threading.Thread(target=third, daemon=True).start()
        assert turned_away.wait(5), "he was kept waiting"
        gate.leave("a")
        second.result(10)
    gate.leave("b")
    assert gate.most == 1


def test_who_waited_in_vain_leaves_no_trace() -> None:
    gate = Gate(at_once=1, in_line=1, of_one=1, patience=0.01)
    gate.enter("a")
    for _ in range(3):
        with pytest.raises(BusyError):
            gate.enter("b")
    gate.leave("a")
    gate.enter("b")
    assert gate.most == 1


def test_one_person_has_a_share_and_no_more() -> None:
    gate = Gate(at_once=4, in_line=0, of_one=2, patience=0)
    gate.enter("a")
    gate.enter("a")
    with pytest.raises(TooManyQuestionsError):
        gate.enter("a")
    gate.enter("b")
    gate.leave("a")
    gate.enter("a")
    assert gate.most == 3
