"""Where the picture puts what is withheld, and what only that leads to: apart, and joined to nothing."""

from dataclasses import replace

from tests.web.test_answers import ANSWER
from traceapp.domain.kinds import LinkType, NodeKind
from traceapp.domain.trace import TraceLink, TraceNode
from traceapp.web.lane_stages import Place, stages_of

START, NEXT, BEHIND, STUBS = "a" * 32, "b" * 32, "c" * 32, ("1" * 32, "2" * 32, "3" * 32)


def test_promise_stubs_share_one_card_and_say_nothing_by_their_place() -> None:
    answer = replace(
        ANSWER,
        nodes=(
            TraceNode(START, NodeKind.BATCH, "A", seed=True),
            TraceNode(NEXT, NodeKind.BATCH, "B", hop=1),
            TraceNode(BEHIND, NodeKind.BATCH, "C", hop=None),
            *(TraceNode(uid, None, stub=True) for uid in STUBS),
        ),
        links=(TraceLink(START, NEXT, LinkType.CONSUMED_IN),),
        consignees=(),
    )

    stages = {stage.key: [[node.uid for node in group.members] for group in stage.groups] for stage in stages_of(answer)}

    assert {(key.place, key.step): groups for key, groups in stages.items()} == {
        (Place.LOTS, 0): [[START]],
        (Place.LOTS, 1): [[NEXT]],
        (Place.BEHIND, 0): [[BEHIND]],
        (Place.WITHHELD, 0): [list(STUBS)],
    }
