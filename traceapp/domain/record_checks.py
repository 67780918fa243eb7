"""Whether what the store returned is what the service wrote: checked while one question is answered, and told with its answer.

A store hands every row over before anybody reads it. What fails is answered with as it stands, and named; but where nothing
proves any more who may see a node, it counts as the most secret one there is, and only whoever sees everything sees it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from traceapp.domain.clock import is_stored_time
from traceapp.domain.genealogy import EVENT_TIME, MARK, NEAR, PLACE, QUANTITY, UNIT, Bundle, Exit, Link
from traceapp.domain.quantities import is_quantity
from traceapp.domain.record_macs import LABEL_SETS, SHARED_LABEL, LinkProver, Marks, RecordMacs
from traceapp.domain.rights import Rights, Withholding
from traceapp.domain.unverified import COUNTER, Unverified

COLUMNS: Final = (
    *("uid", "kind", "labels", "mac", "acl"),
    *("number", "product", "identity", "projected_seq", "described", "stated", "expiry_date"),
)
"""What is proven of nodes that are told in columns."""
NAMELESS: Final = ""
"""Stands for the uid of an event from which it was taken away: such a one is counted, never named."""


class Waiting(NamedTuple):
    """Links of one type whose MACs are not checked yet, and their ends. nears: None where each link says its own."""

    prove: LinkProver
    type: str
    outward: bool
    nears: list[str] | None
    fars: list[str]
    links: list[Link]
    macs: list[Any]


@dataclass(slots=True)
class RecordChecks:
    """The checks of one question. `macs` of None checks nothing: for whoever looks at the store itself.

    proven  MACs of nodes whose place, kind and acl are proven.
    nodes   those that failed, in whatever part.   links  the same, as (source, type, target).   events  the same.
    secret  nodes that must not be shown, although the store would.   seen  those that may be, with their kinds.
    """

    macs: RecordMacs | None = None
    proven: dict[str, bytes] = field(default_factory=dict)
    nodes: set[str] = field(default_factory=set)
    links: set[tuple[str, str, str]] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    secret: set[str] = field(default_factory=set)
    seen: dict[str, str] = field(default_factory=dict)
    counted: bool = True
    """Whether the counter of records, which bounds what is read, is proven."""
    explains: Callable[[int], bool] | None = None
    """Whether there is a set of scopes behind an acl number; None asks nobody."""
    sees: Callable[[str, str, bytes], bool] | None = None
    """(uid, kind, proven MAC) → whether it may be shown; where this is asked, the store is asked for everything."""
    _waiting: list[Waiting] = field(default_factory=list)
    _rights: Rights | None = None
    """Of whom `_sees` is the set: one question is answered under one or two rights."""
    _sees: frozenset[int] = frozenset()
    _met: set[str] = field(default_factory=set)
    _explained: set[int] = field(default_factory=set)
    _unexplained: set[int] = field(default_factory=set)

    def may_show(self, uid: str, kind: str, labels: Iterable[str], mac: Any, shown: bool, rights: Rights) -> bool:
        """Whether a node that the store shows, or withholds, may be shown."""
        if self.macs is None:
            return shown
        if uid not in self._met:
            self._met.add(uid)
            if rights is not self._rights:
                self._rights, self._sees = rights, frozenset(rights.see)
            acl = self.macs.proven_acl(uid, kind, labels, mac)
            if acl is not None:
                self.proven[uid] = mac if type(mac) is bytes else bytes(mac)
            if not shown and acl is not None and acl not in self._sees and not self._is_explained(acl):
                self.nodes.add(uid)
            if acl is None or (acl in self._sees or uid in rights.named) != shown:
                self.nodes.add(uid)
                if shown and not rights.everywhere:
                    self.secret.add(uid)
            if shown and acl is not None and self.sees is not None and not self.sees(uid, kind, self.proven[uid]):
                self.secret.add(uid)
            if shown and uid not in self.secret:
                self.seen[uid] = kind if acl is not None else _labelled(kind, labels)
        return shown and uid not in self.secret

    def known_at(self, uid: str, record_seq: Any, head: int) -> bool:
        """Whether a node that `may_show` was asked about was known at a head; the sequence that it carries is proven."""
        proof = self.proven.get(uid)
        if self.macs is None or proof is None:
            return not isinstance(record_seq, int) or record_seq <= head or uid in self.nodes
        written = self.macs.written_at(proof)
        if written != record_seq:
            self.nodes.add(uid)
        return written <= head

    def bundles(self, bundles: list[Bundle], rights: Rights, head: int, *, outward: bool, marks: Marks) -> list[Bundle]:
        """Links of a frontier, with labels and MAC of the far end and the MAC of each link at their ends: taken off here.

        outward  whether the links lead away from the frontier.
        returns  those that may be walked. Whether their links are proven is found out by `settle`, which nothing of a walk waits
                 for; until then a link may hold what nobody can read. Where the walk ends with the view, what lies beyond is
                 looked at for one thing, that its record MAC says so too, and dropped.
        """
        prove = self._prover(head, marks, outward=outward)
        stops = rights.mode is Withholding.STOP
        waiting: dict[str, Waiting] = {}
        for bundle in bundles:
            mac, labels = bundle.pop(), bundle.pop()
            far, type_, kind, shown, links = bundle
            macs = [link.pop() for link in links]
            if prove is None:
                continue
            bundle[3] = self.may_show(far, kind, labels, mac, shown, rights)
            if stops and not bundle[3]:
                continue
            beside = waiting.get(type_)
            if beside is None:
                beside = waiting[type_] = Waiting(prove, type_, outward, None, [], [], [])
            beside.fars.extend([far] * len(links))
            beside.links.extend(links)
            beside.macs.extend(macs)
            if len(macs) > 1 and _repeats(macs):
                self._add_failed(type_, ((link[NEAR], far) for link in _copied(links, macs)), outward=outward)
            if self.secret and any(far in self.secret or link[NEAR] in self.secret for link in links):
                bundle[4] = [[link[NEAR]] if far in self.secret or link[NEAR] in self.secret else link for link in links]
        self._waiting.extend(waiting.values())
        return _ended(bundles, 3) if stops else bundles

    def settle(self) -> None:
        """Check the MACs of the links that wait for it."""
        while self._waiting:
            prove, type_, outward, nears, fars, links, macs = self._waiting.pop()
            for position in prove(type_, nears, fars, links, macs):
                _blank(links[position])
                near = nears[position] if nears is not None else links[position][NEAR]
                self._add_failed(type_, [(near, fars[position])], outward=outward)

    def _add_failed(self, type_: str, ends: Iterable[tuple[str, str]], *, outward: bool) -> None:
        """ends: near and far."""
        self.links.update((near, type_, far) if outward else (far, type_, near) for near, far in ends)

    def exits(self, exits: list[Exit], type_: str, rights: Rights, head: int, *, outward: bool) -> list[Exit]:
        """The same for the other side of transformations."""
        prove = self._prover(head, Marks.PAIR, outward=outward)
        stops = rights.mode is Withholding.STOP
        nears: list[str] = []
        waiting = None if prove is None else Waiting(prove, type_, outward, nears, [], [], [])
        for other in exits:
            mac, labels = other.pop(), other.pop()
            passage, far, kind, shown, links = other
            macs = [link.pop() for link in links]
            if waiting is None:
                continue
            other[3] = self.may_show(far, kind, labels, mac, shown, rights)
            if stops and passage in self.secret:
                other[3] = False
            if stops and not other[3]:
                continue
            nears.extend([passage] * len(links))
            waiting.fars.extend([far] * len(links))
            waiting.links.extend(links)
            waiting.macs.extend(macs)
            if len(macs) > 1 and _repeats(macs):
                self._add_failed(type_, [(passage, far)], outward=outward)
            if far in self.secret or passage in self.secret:
                other[4] = [[None] for _ in links]
        if waiting is not None:
            self._waiting.append(waiting)
        return _ended(exits, 3) if stops else exits

    def dead(self, rows: Iterable[Sequence[Any]], head: int, *, outward: bool) -> None:
        """Links of a frontier that are not live: far, type, (near, MAC). Where one was hidden by hand, its near end is named."""
        if self.macs is None:
            return
        for far, type_, links in rows:
            for near, mac in links:
                source, target = (near, far) if outward else (far, near)
                if not self.macs.proves_dead_link(type_, source, target, mac, head):
                    self.nodes.add(near)

    def columns(self, columns: Mapping[str, Sequence[Any]], rights: Rights) -> list[int] | None:
        """Nodes with what identifies them, each of `COLUMNS` a column.

        returns  positions of those that may be shown, and that say what they are; None where all of them do.
        """
        if self.macs is None:
            return None
        if len({len(columns[name]) for name in COLUMNS}) > 1:
            self.unread(columns["uid"])
        proven, seen, proves = self.proven, self.seen, self.macs.proves_told
        hidden: set[int] = set()
        for position, (uid, kind, labels, mac, *told) in enumerate(zip(*(columns[name] for name in COLUMNS), strict=True)):
            if (uid not in seen and not self.may_show(uid, kind, labels, mac, True, rights)) or not kind:
                hidden.add(position)
            proof = proven.get(uid)
            if proof is not None and not proves(proof, *told):
                self.nodes.add(uid)
        return [position for position in range(len(columns["uid"])) if position not in hidden] if hidden else None

    def unread(self, uids: Iterable[Any]) -> None:
        """Nodes or events of which one lacks what every record has, so that none of them can be read; raises ValueError."""
        self.nodes.update(map(str, uids))
        self.events.add(NAMELESS)
        raise ValueError("a record was changed so that it cannot be read")

    def link(self, type_: str, source: str, target: str, told: Sequence[Any], mac: Any, head: int) -> None:
        """One link, as far as it is told."""
        if self.macs is not None and not self.macs.proves_link(type_, source, target, told, mac, head, Marks.NONE):
            self.links.add((source, type_, target))

    def whole_link(self, type_: str, source: str, target: str, properties: Mapping[str, Any]) -> None:
        """One link with all its properties."""
        if self.macs is not None and not self.macs.proves_whole_link(type_, source, target, properties):
            self.links.add((source, type_, target))

    def recorded(self, event: str, label: str, node: str, act: Any, mac: Any) -> None:
        """How an event is recorded of a node."""
        if self.macs is not None and not self.macs.proves_recorded(event, label, node, act, mac):
            self.links.add((event, "RECORDED", node))

    def whole_node(self, uid: str, kind: str, labels: Iterable[str], properties: Mapping[str, Any]) -> None:
        """One node with all its properties, that `may_show` was asked about."""
        if self.macs is not None and not self.macs.proves_whole_node(uid, kind, labels, properties):
            self.nodes.add(uid)

    def event(self, properties: Mapping[str, Any]) -> None:
        """One event with all its properties."""
        if self.macs is not None and not self.macs.proves_event(("Event",), properties):
            self.events.add(str(properties.get("uid", NAMELESS)))

    def receipt(self, event: Mapping[str, Any], material: str, act: Any, act_mac: Any) -> bool:
        """Whether an event with all its properties, that told of the receipt of a material, is proven, and that it did."""
        if self.macs is None:
            return True
        uid = str(event.get("uid", NAMELESS))
        if not self.macs.proves_event(("Event",), event):
            self.events.add(uid)
            return False
        if not self.macs.proves_recorded(uid, SHARED_LABEL, material, act, act_mac):
            self.links.add((uid, "RECORDED", material))
            return False
        return True

    def altered(self, uid: str) -> None:
        """A node that a look-up key leads to although it was written without it."""
        self.nodes.add(uid)

    def part(self, uid: str, proves: Callable[[RecordMacs, bytes], bool]) -> None:
        """One part of a node that `may_show` was asked about."""
        mac = self.proven.get(uid)
        if self.macs is not None and mac is not None and not proves(self.macs, mac):
            self.nodes.add(uid)

    def broken(self, uid: str) -> None:
        """A node or event of which something sealed does not belong where it was found, or cannot be read as what it is."""
        self.nodes.add(uid)

    def uncounted(self) -> None:
        """The counter of records is not as the service wrote it; who sees nothing else is told so too."""
        self.counted = False

    @property
    def failed(self) -> bool:
        """Whether anything was not as the service wrote it."""
        return bool(self.nodes or self.links or self.events or not self.counted)

    def told(self, name: Callable[[str], str | None], least: int) -> Unverified:
        """What is said with the answer.

        name   what a node or event is called in it; None of one that it may not name.
        least  the smallest number of those that is told.
        """
        names = [] if self.counted else [COUNTER]
        withheld = 0
        for uid in self.nodes | self.events:
            called = name(uid) if uid != NAMELESS else None
            if called is not None:
                names.append(called)
            else:
                withheld += 1
        for source, type_, target in self.links:
            near, far = (name(end) if end != NAMELESS else None for end in (source, target))
            if near is not None and far is not None:
                names.append(f"{near} {type_} {far}")
            else:
                withheld += 1
        few = 0 < withheld < least
        return Unverified(tuple(sorted(names)), 0 if few else withheld, few)

    def _is_explained(self, acl: int) -> bool:
        """A lot whose set was taken away is withheld from everybody, which is not as the service wrote it."""
        if self.explains is None or acl in self._explained:
            return True
        if acl in self._unexplained:
            return False
        (self._explained if self.explains(acl) else self._unexplained).add(acl)
        return acl in self._explained

    def _prover(self, head: int, marks: Marks, *, outward: bool) -> LinkProver | None:
        return None if self.macs is None else self.macs.link_prover(head, marks=marks, outward=outward)


def _ended(found: list[list[Any]], shown: int) -> list[list[Any]]:
    """Without those whose far end may not be shown, where such a node is not walked through."""
    return [one for one in found if one[shown]]


def _labelled(kind: str, labels: Iterable[str]) -> str:
    """The kind of a node that may no more say it: by its label."""
    return kind if kind in LABEL_SETS else next((label for label in labels if label in LABEL_SETS), kind)


def _blank(link: Link) -> None:
    """Of a link that was changed so that its values cannot even be read, none is told, as if they were withheld."""
    texts = [link[part] for part in (MARK, UNIT, PLACE) if part < len(link)]
    readable = all(text is None or isinstance(text, str) for text in texts)
    if len(link) > EVENT_TIME:
        readable &= is_stored_time(link[EVENT_TIME]) and (link[QUANTITY] is None or is_quantity(link[QUANTITY]))
    if not readable:
        del link[1:]


def _copied(links: Sequence[Link], macs: Sequence[Any]) -> list[Link]:
    """Links that stand there once more: no two that the service wrote have one MAC."""
    seen: set[Any] = set()
    found = []
    for link, mac in zip(links, map(_hashable, macs), strict=True):
        if mac in seen:
            found.append(link)
        seen.add(mac)
    return found


def _repeats(macs: Sequence[Any]) -> bool:
    try:
        return len(set(macs)) < len(macs)
    except TypeError:
        return len(set(map(_hashable, macs))) < len(macs)


def _hashable(mac: Any) -> Any:
    return mac if isinstance(mac, bytes) else repr(mac)
