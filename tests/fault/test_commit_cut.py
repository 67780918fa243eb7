"""The answer to COMMIT gets lost: the write is carried out once, and its caller gets the result of that one."""

import uuid
from collections.abc import Callable

import pytest

from tests.cutting_proxy import CutAfterCommit, CutBeforeCommit, DelayCommit, Script, proxied
from tests.servers import StoreLeg, probe_catalogue
from traceapp.domain.errors import StoreConflictError
from traceapp.graph.connection import Graph, Transaction

CUTS: dict[str, tuple[Callable[[], Script], int]] = {
    "the server never sees it": (lambda: CutBeforeCommit(1), 2),
    "the server never sees it, three times": (lambda: CutBeforeCommit(3), 4),
    "the server carried it out": (lambda: CutAfterCommit(1), 1),
    "it arrives when the next attempt has begun": (lambda: DelayCommit(), 2),
    "it arrives late, and the next one never": (lambda: DelayCommit(cut_next=True), 2),
}
"""How often the work is called at most: an engine with locks stops the second attempt before it works."""


class Work:
    """Makes one node a call, and says which call it was."""

    def __init__(self) -> None:
        self.uid = uuid.uuid4().hex
        self.calls = 0

    def __call__(self, transaction: Transaction) -> str:
        self.calls += 1
        transaction.run("probe.append_probe", uid=self.uid, value=str(self.calls))
        return str(self.calls)


@pytest.mark.parametrize(("make_script", "calls"), CUTS.values(), ids=CUTS)
def test_promise_a_commit_without_an_answer_is_one_write(
    empty_leg: StoreLeg, make_script: Callable[[], Script], calls: int
) -> None:
    script = make_script()
    work = Work()
    with proxied(empty_leg.endpoint, script) as endpoint, Graph.connect(endpoint, catalogue=probe_catalogue()) as graph:
        told = graph.write(work, command=uuid.uuid4().hex)
        assert script.left == 0, "the cut took place"
        kept = [row["value"] for row in graph.read("probe.list_probes", uid=work.uid)]
    assert kept == [told]
    assert work.calls <= calls


def test_caller_that_comes_back_with_a_command_that_was_carried_out_is_told(empty_leg: StoreLeg) -> None:
    work = Work()
    command = uuid.uuid4().hex
    with Graph.connect(empty_leg.endpoint, catalogue=probe_catalogue()) as graph:
        graph.write(work, command=command)
    with Graph.connect(empty_leg.endpoint, catalogue=probe_catalogue()) as later:
        with pytest.raises(StoreConflictError, match="carried out before"):
            later.write(work, command=command)
        assert len(later.read("probe.list_probes", uid=work.uid)) == 1
    assert work.calls == 1
