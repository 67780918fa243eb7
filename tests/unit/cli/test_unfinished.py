"""How a run over many records ends at the terminal: what is left tells a script by the exit code."""

import pytest

from traceapp.cli.unfinished import UNFINISHED, say_end


def test_promise_a_run_that_leaves_records_ends_with_its_own_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        say_end(["0f3a"], ("one move",), "all is done")

    assert ended.value.code == UNFINISHED == 3
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "0f3a is not as it was written: nothing of it was touched\n")


@pytest.mark.parametrize("left", [None, (), 0])
def test_a_run_that_leaves_nothing_says_so(left: object, capsys: pytest.CaptureFixture[str]) -> None:
    say_end([], left, "all is done")

    assert capsys.readouterr() == ("all is done\n", "")
