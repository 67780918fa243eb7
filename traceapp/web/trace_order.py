"""In which order the rows of a trace are told, on its page and in its file."""

from collections.abc import Mapping
from decimal import Decimal

from traceapp.domain.disclosure import told
from traceapp.domain.kinds import LOTS
from traceapp.domain.trace import PartyLine, TraceLink, TraceNode, hop_order


def nearest(node: TraceNode) -> tuple[object, ...]:
    """The start first, stubs last."""
    return (node.stub, hop_order(node.hop), node.kind not in LOTS, node.product or "", told(node.number) or "", node.uid)


def largest(line: PartyLine) -> tuple[object, ...]:
    """What nobody stated may be the largest; of the rest whoever may have most, by name where they are alike."""
    stated = [amount for amount in line.quantities.values() if amount is not None]
    silent = not stated or len(stated) < len(line.quantities)
    return (not silent, -max(stated, default=Decimal(0)), told(line.name) or "", told(line.number) or "", line.uid)


def end_of(nodes: Mapping[str, TraceNode], uid: str) -> TraceNode:
    """The node at an end of a link; what the answer does not hold is withheld."""
    return nodes.get(uid) or TraceNode(uid, None, stub=True)


def outwards(nodes: Mapping[str, TraceNode], link: TraceLink) -> tuple[object, ...]:
    """From the start outwards, so that what was done first stands first."""
    source, target = end_of(nodes, link.source), end_of(nodes, link.target)
    names = [(end.stub, told(end.number) or told(end.name) or "", end.uid) for end in (source, target)]
    near, far = sorted((hop_order(source.hop), hop_order(target.hop)))
    return (near, far, target.kind not in LOTS, *names, link.type)
