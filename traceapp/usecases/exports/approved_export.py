"""Rows leave as a file with values that nobody takes out alone: others agree to exactly this answer, and it leaves once."""

from collections.abc import Mapping
from typing import Any, Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.disclosure import told
from traceapp.domain.errors import BatchAmbiguousError, BatchNotFoundError, InputError, PermissionDeniedError, RecordNotFoundError
from traceapp.domain.exports import Subject, TableForm
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import MOST_OBJECTS, entry
from traceapp.usecases.disclosed.disclosure_roll import Fields
from traceapp.usecases.exports.addressed_export import ADDRESS, check_address, check_clearance
from traceapp.usecases.exports.export_sample import names_for
from traceapp.usecases.exports.export_subjects import SUBJECTS
from traceapp.usecases.exports.exportable import Exportable, Wanted
from traceapp.usecases.stations import Stations

NAMED: Final = frozenset({"seeds", "number", "uid"})
"""Parts of a question that name the thing it is about: whoever decides is shown it by the name that his own view has of it."""
OUT_OF_REACH: Final = (BatchAmbiguousError, BatchNotFoundError, InputError, PermissionDeniedError, RecordNotFoundError)
"""What says that whoever asked does not get it any more; whatever else goes wrong says nothing of that, and may pass."""


def check_export(subject: Subject, outside: bool, stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """`question`, `form` and `tier`, and of what goes to somebody outside whom it goes to and why (`check_address`); to which
    comes what would leave: the moment, how much of what, and the digest of it all.

    outside  whether it is a delivery to another country than the plant's.
    raises   InputError: not these; PermissionDeniedError, FactorNeededError: T3 is not shown to whoever asks; what the question
             itself raises.
    """
    row = SUBJECTS[subject]
    try:
        form, tier = TableForm(said["form"]), Tier(said["tier"])
        question = row.parse(said["question"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError.wanted("parameters", "question, form and tier, as POST …/export takes them") from None
    if tier > row.highest:
        raise InputError.wanted("tier", f"{row.highest} at most")
    if said.keys() - {"question", "form", "tier", *(ADDRESS if subject is Subject.TRACE else ())}:
        raise InputError.wanted("parameters", "no other names")
    address = check_address(stations, tier, said, outside=outside)
    check_clearance(stations, actor, tier)
    pinned = row.pin(stations, question)
    asked = row.ask(stations, actor, pinned, Wanted(tier, address.get("personal", True)))
    _record_counts(stations, actor, subject, asked)
    return {
        "question": row.document(pinned),
        "of": list(asked.of),
        "seeds": asked.seeds,
        "head": asked.head,
        "form": form.value,
        "tier": tier.value,
        **asked.counts,
        "values": dict(asked.values),
        "sample": list(asked.sample),
        "completeness": asked.completeness,
        "sha256": asked.digest,
        **address,
    }


def _record_counts(stations: Stations, actor: Actor, subject: Subject, asked: Exportable) -> None:
    """Whoever asks learns how much it is, as by a question of which nothing else is told."""
    said = {"result": asked.counts, "completeness": asked.completeness, "object": list(asked.of[:MOST_OBJECTS]) or None}
    stations.ledger.append(entry(stations, actor, SUBJECTS[subject].permission, "answered", request=asked.request, **said))


def shown_export(stations: Stations, actor: Actor, parameters: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """Of what it is, in the names that whoever looks may see: None for each thing that lies outside his view, or has no name
    that he may see. The numbers by which it was asked for are shown to nobody.
    """
    question = {name: said for name, said in parameters["question"].items() if name not in NAMED}
    told_of = {name: said for name, said in parameters.items() if name not in {"question", "of", "seeds", "head", "sample"}}
    if not parameters["seeds"]:
        return told_of | {"question": question}
    names = names_for(stations, actor, parameters["of"], int(parameters["head"]), fields)
    masked = int(parameters["seeds"]) - len(parameters["of"])
    seen = [names.get(thing["uid"]) for thing in parameters["of"]]
    of = [told(name.number) or told(name.name) if name is not None else None for name in seen] + [None] * masked
    return told_of | {"of": of, "question": question}


def no_more(stations: Stations, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """All of it stands among the parameters: whoever signs them signs it."""
    return {}


def is_same_answer(subject: Subject, stations: Stations, actor: Actor, parameters: Mapping[str, Any]) -> bool:
    """Whether the same question still has the answer that others agreed to; nobody is shown it.

    raises  FactorNeededError: that cannot be told before whoever asks has shown a second factor again. StoreError and its kinds,
            KeyUnavailableError, SealBrokenError, PolicyError: it cannot be told now.
    """
    check_clearance(stations, actor, Tier(parameters["tier"]))
    try:
        return asked_again(subject, stations, actor, parameters).digest == str(parameters["sha256"])
    except OUT_OF_REACH:
        return False


def allow_export(
    subject: Subject, stations: Stations, actor: Actor, parameters: Mapping[str, Any], approval: str
) -> Recorded[None]:
    """The file may be taken from now on, until the time of the approval is over."""
    told_of = {"sha256": parameters["sha256"], "form": parameters["form"], "tier": parameters["tier"]}
    act = SUBJECTS[subject].permission
    return stations.ledger.record(None, entry(stations, actor, act, "done", request=told_of, approval=approval))


def asked_again(subject: Subject, stations: Stations, actor: Actor, parameters: Mapping[str, Any]) -> Exportable:
    """The answer of the same question as of the same moment."""
    row, wanted = SUBJECTS[subject], Wanted(Tier(parameters["tier"]), bool(parameters.get("personal", True)))
    return row.ask(stations, actor, row.parse(parameters["question"]), wanted)
