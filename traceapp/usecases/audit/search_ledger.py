"""Who did what, to which thing, and what he saw of it: questions to the ledger, each on record itself."""

from dataclasses import replace
from typing import Any, Final

from traceapp.domain.errors import RecordNotFoundError
from traceapp.domain.ledger_search import FoundRecord, IndexState, LedgerPage, LedgerQuery
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry, Recorded
from traceapp.domain.rights import Actor
from traceapp.ledger.index_search import find_places
from traceapp.ledger.reading import find_record
from traceapp.usecases.access import entry, result_digest, rights_for, things, told_name
from traceapp.usecases.audit.ledger_reader import LABEL, LedgerReader
from traceapp.usecases.stations import Stations

PAGE: Final = 50
LONGEST_PAGE: Final = 500


def search_ledger(
    stations: Stations, actor: Actor, query: LedgerQuery, before: int | None = None, at_most: int = PAGE
) -> Recorded[LedgerPage]:
    """The newest records that fit, before this one; the page says how far the index has come.

    at_most  up to `LONGEST_PAGE`.
    raises   PermissionDeniedError; IdentifierError; LedgerUnavailableError; LedgerBrokenError; StoreError and its kinds.
    """
    asked = asked_document(stations, query) | {"before": before, "at_most": at_most}
    reader = LedgerReader(stations, actor, rights_for(stations, actor, Permission.LEDGER_SEARCH, asked))
    places, state = find_places(stations.settings.home, reader.resolve(query), before, at_most + 1)
    records = reader.read(places[:at_most])
    follows = records[-1].seq if len(places) > at_most else None
    page = LedgerPage(records, follows, with_head(stations, state))
    made = _looked(stations, actor, asked, records, {"indexed": page.state.indexed, "head": page.state.head})
    return stations.ledger.record(page, made)


def show_record(stations: Stations, actor: Actor, seq: int) -> Recorded[FoundRecord]:
    """One record as its reader may see it; the printed name of whoever acted is opened.

    raises  PermissionDeniedError; RecordNotFoundError; LedgerUnavailableError; LedgerBrokenError; StoreError and its kinds.
    """
    asked = {"record": seq}
    reader = LedgerReader(stations, actor, rights_for(stations, actor, Permission.LEDGER_SEARCH, asked))
    content = find_record(stations.settings.home, seq)
    if content is None:
        stations.ledger.append(entry(stations, actor, Permission.LEDGER_SEARCH, "failed", request=asked, reason="no such record"))
        raise RecordNotFoundError(f"The ledger has no record {seq}, or it was pruned.")
    (found,) = reader.masked([content])
    who = {name: value for name, value in found.told["actor"].items() if name != "name"}
    if (name := reader.printed_name(found.told)) is not None:
        who["name"] = name
    shown = FoundRecord(found.seq, found.leaf, {**found.told, "actor": who}, found.masked)
    made = replace(_looked(stations, actor, asked, (shown,), {}), object=things(LABEL, str(seq)))
    return stations.ledger.record(shown, made)


def asked_document(stations: Stations, query: LedgerQuery) -> dict[str, Any]:
    """What was asked, as a record keeps it: a number as its MAC, since it may name anything."""
    plain = ("person", "role", "act", "outcome", "purpose", "completeness", "address", "through", "field")
    said = {name: getattr(query, name) for name in (*plain, "request_id", "approval", "command", "since", "until", "uid")}
    return {name: value for name, value in said.items() if value is not None} | told_name(stations, "number", query.number, ())


def with_head(stations: Stations, state: IndexState) -> IndexState:
    """The same beside the newest record that there is; raises LedgerUnavailableError."""
    return IndexState(state.first, state.indexed, max(stations.ledger.get_head().seq, state.indexed), state.unread)


def disclosed_of(records: tuple[FoundRecord, ...]) -> dict[str, dict[str, list[str]]]:
    """The parts of records that leave in clear, and those that are masked, as a record names them."""
    shown = {name for one in records for name in one.stated}
    masked = {name for one in records for name in one.masked}
    return {
        "disclosed": {LABEL: sorted(shown - masked)} if shown else {},
        "withheld": {LABEL: sorted(masked)} if masked else {},
    }


def _looked(
    stations: Stations, actor: Actor, asked: dict[str, Any], records: tuple[FoundRecord, ...], state: dict[str, int]
) -> LedgerEntry:
    digest = result_digest([[one.seq, one.leaf, list(one.masked)] for one in records])
    result = {"records": len(records), "sha256": digest, **state}
    return entry(stations, actor, Permission.LEDGER_SEARCH, "answered", request=asked, result=result, **disclosed_of(records))
