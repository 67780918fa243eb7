"""What a record can be found by."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from traceapp.domain.ledger_search import LEFT, NAMES, ShownThings

_PLAIN: Final = ("act", "outcome", "completeness")
_OF_ACTOR: Final = ("role", "purpose", "address", "through")
_PERSON: Final = ("username", "account")


def facets(told: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Facet and value of `domain/ledger_search.FACETS`, but for the fields; and `LEFT`, where a file left."""
    who = told.get("actor") or {}
    found = [(name, told.get(name)) for name in _PLAIN]
    found += [(name, who.get(name)) for name in _OF_ACTOR]
    found += [("person", who.get(name)) for name in _PERSON]
    found += [LEFT] if (told.get("result") or {}).get("copy") else []
    return {(facet, value) for facet, value in found if isinstance(value, str) and value}


def disclosed_fields(told: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Kind and names of what left in clear; nothing where the record keeps no more than a hash of them."""
    return tuple((kind, tuple(names)) for kind, names in sorted((told.get("disclosed") or {}).items()) if isinstance(names, list))


def field_values(disclosed: tuple[tuple[str, tuple[str, ...]], ...]) -> set[str]:
    """Each field as `name` and as `Kind.name`."""
    return {value for kind, names in disclosed for name in names for value in (name, f"{kind}.{name}")}


def names(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and value of `domain/ledger_search.NAMES`."""
    for name in NAMES:
        value = told.get(name)
        if isinstance(value, str) and value:
            yield name, value


def things(told: Mapping[str, Any], roll: tuple[ShownThings, ...] | None) -> Iterator[ShownThings]:
    """What the record is about and, where its disclosure roll is open, what the answer showed.

    Without a roll a thing counts as shown with all that left of its kind.
    """
    rolled = {uid for shown in roll or () for uid in shown.uids}
    yield from roll or ()
    for thing in told.get("object") or ():
        kind, uid = str(thing.get("kind")), str(thing.get("uid"))
        if uid not in rolled:
            yield ShownThings(
                kind, _names(told, "disclosed", kind) if roll is None else (), _names(told, "withheld", kind), (uid,)
            )


def _names(told: Mapping[str, Any], part: str, kind: str) -> tuple[str, ...]:
    found = (told.get(part) or {}).get(kind)
    return tuple(found) if isinstance(found, list) else ()
