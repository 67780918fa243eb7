"""`traceapp alerts` and `traceapp approval`: the list says what rang, and nobody silences a rule alone."""

from pathlib import Path

from tests.recorded import documents
from tests.terminal.conftest import Terminal


def test_the_list_is_told_and_silencing_alone_is_refused_on_record(traceapp: Terminal, tmp_path: Path) -> None:
    home = tmp_path / "home"

    refused = traceapp(home, "alerts", "silence", "denials", "--hours", "4", "--reason", "It rings at every import.")
    open_ones = traceapp(home, "approval", "list")
    nothing = traceapp(home, "approval", "show", "0" * 16)
    unknown = traceapp(home, "alerts", "acknowledge", "0" * 32)
    listed = traceapp(home, "alerts", "list", "--state", "all")
    signatures, key = traceapp(home, "signature", "verify"), traceapp(home, "signature", "key")

    assert refused.code == 1
    assert "Not enough persons can agree to it" in refused.err
    assert (open_ones.code, nothing.code) == (0, 1)
    assert "0 open" in open_ones.err
    assert "No approval has this id" in nothing.err
    assert "next: " in refused.err
    assert (unknown.code, listed.code) == (1, 0)
    assert "No alert has this id" in unknown.err
    assert "0 alerts" in listed.err
    assert (signatures.code, "0 signatures of 0 approvals, 0 of them bad" in signatures.err) == (0, True)
    assert key.out.startswith("-----BEGIN PUBLIC KEY-----")
    acts = [one["act"] for one in documents(home) if one["act"].startswith(("alert:", "approval:"))]
    assert acts == ["approval:request", "approval:list", "approval:open", "alert:acknowledge", "alert:list"]
