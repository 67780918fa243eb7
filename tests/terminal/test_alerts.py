"""`traceapp alerts`: the list says what rang, and nobody silences a rule alone."""

from pathlib import Path

from tests.recorded import documents
from tests.terminal.conftest import Terminal


def test_the_list_is_told_and_silencing_is_refused_on_record(traceapp: Terminal, tmp_path: Path) -> None:
    home = tmp_path / "home"

    refused = traceapp(home, "alerts", "silence", "break-glass")
    unknown = traceapp(home, "alerts", "acknowledge", "0" * 32)
    listed = traceapp(home, "alerts", "list", "--state", "all")

    assert refused.code == 1
    assert "Nobody silences a rule alone" in refused.err
    assert "next: " in refused.err
    assert (unknown.code, listed.code) == (1, 0)
    assert "No alert has this id" in unknown.err
    assert "0 alerts" in listed.err
    acts = [one["act"] for one in documents(home) if one["act"].startswith("alert:")]
    assert acts == ["alert:silence", "alert:list"]
