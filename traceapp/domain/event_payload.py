"""The sealed content of an event in the store, as a plain document and back.

```
{"original": {…},                                   the sender's own words
 "describes": {node_uid: {property: value}},        decimals and times as text
 "types": {node_uid: {property: "decimal"|"time"}}, which texts are no texts
 "nodes": [[node_uid, kind, described, scope]],     everything the event names
 "links": [[type, source_label, source_uid, link_uid]]}
```
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import NodeKind
from traceapp.domain.projection import Claim


@dataclass(frozen=True, slots=True)
class LinkPlace:
    """Where a link of the event lies: its type, and the label and uid of the node it starts from."""

    type: str
    source_label: str
    source_uid: str
    link_uid: str


@dataclass(frozen=True, slots=True)
class EventPayload:
    """What an event said; `claims` carry typed values again."""

    original: Mapping[str, Any]
    claims: tuple[Claim, ...]
    links: tuple[LinkPlace, ...]

    def document(self) -> dict[str, Any]:
        """A plain document that any JSON writer takes."""
        describes: dict[str, dict[str, str | int | bool]] = {}
        types: dict[str, dict[str, str]] = {}
        for claim in self.claims:
            for name, value in claim.properties.items():
                plain = value
                if isinstance(value, Decimal):
                    plain = str(value)
                    types.setdefault(claim.node_uid, {})[name] = "decimal"
                elif isinstance(value, datetime):
                    plain = stored_time(value)
                    types.setdefault(claim.node_uid, {})[name] = "time"
                describes.setdefault(claim.node_uid, {})[name] = plain  # type: ignore[assignment]
        return {
            "original": self.original,
            "describes": describes,
            "types": types,
            "nodes": [[claim.node_uid, claim.kind.value, claim.described, claim.scope] for claim in self.claims],
            "links": [[link.type, link.source_label, link.source_uid, link.link_uid] for link in self.links],
        }


def read_payload(document: Mapping[str, Any], event_stamp: str) -> EventPayload:
    """The reverse of `EventPayload.document`; `event_stamp` is `projection.stamp` of the event it was found in."""
    return EventPayload(
        original=document["original"],
        claims=tuple(
            Claim(uid, NodeKind(kind), event_stamp, described, scope, _properties(document, uid))
            for uid, kind, described, scope in document["nodes"]
        ),
        links=tuple(LinkPlace(*link) for link in document["links"]),
    )


def _properties(document: Mapping[str, Any], uid: str) -> dict[str, PropertyValue]:
    types = document["types"].get(uid, {})
    return {name: _typed(value, types.get(name)) for name, value in document["describes"].get(uid, {}).items()}


def _typed(value: str | int | bool, type_: str | None) -> PropertyValue:
    if type_ == "decimal":
        return Decimal(str(value))
    return parse_stored_time(str(value)) if type_ == "time" else value
