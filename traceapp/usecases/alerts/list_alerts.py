"""What rang, what to do about it, and who has seen to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from traceapp.domain.alerts import Alert, AlertFilter, AlertLevel, KeptAlert
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.ledger.alert_book import AlertBook
from traceapp.policy.alert_rules import running_rules
from traceapp.usecases.access import authorise, entry
from traceapp.usecases.stations import Stations

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class AlertWords:
    """What happened, what to do, and when it means nothing; of a rule that is no more its id stands for all."""

    title: str
    todo: str
    harmless: str


@dataclass(frozen=True, slots=True)
class ListedAlert:
    """kept  the alert and what became of it.   own  whether it is about the asker, who cannot acknowledge it."""

    kept: KeptAlert
    own: bool


@dataclass(frozen=True, slots=True)
class AlertList:
    """alerts  the newest first, at most `MOST`; `cut` where there are more.   open  how many are open, by level."""

    alerts: tuple[ListedAlert, ...]
    cut: bool
    open: Mapping[AlertLevel, int]

    @property
    def counts(self) -> dict[str, int]:
        """What the record of the list says of it."""
        return {"alerts": len(self.alerts), "open": sum(self.open.values())}


def list_alerts(stations: Stations, actor: Actor, wanted: AlertFilter) -> Recorded[AlertList]:
    """raises  PermissionDeniedError; HomeError; LedgerUnavailableError."""
    request = {"state": wanted.state, "level": wanted.level, "rule": wanted.rule or None}
    asked = {name: str(value) for name, value in request.items() if value is not None}
    authorise(stations, actor, Permission.ALERT_LIST, asked)
    told = listed_for(stations.alerts, actor, wanted)
    made = entry(stations, actor, Permission.ALERT_LIST, "answered", request=asked, result=told.counts)
    return stations.ledger.record(told, made)


def listed_for(book: AlertBook, actor: Actor, wanted: AlertFilter) -> AlertList:
    """Only a part of an act that is itself decided and recorded; raises HomeError."""
    found = book.list_alerts(wanted, MOST + 1)
    listed = tuple(ListedAlert(one, is_about(one.alert, actor)) for one in found[:MOST])
    return AlertList(listed, len(found) > MOST, book.count_open())


def count_alerts(stations: Stations, actor: Actor) -> int:
    """How many are open; 0 for whoever may not see them. A number of tasks, recorded nowhere. raises HomeError."""
    if not stations.policy.decide(actor, Permission.ALERT_LIST).allowed:
        return 0
    return sum(stations.alerts.count_open().values())


def alert_words(rule: str, language: str) -> AlertWords:
    """In Chinese or English."""
    known = running_rules().get(rule)
    if known is None:
        return AlertWords(rule, rule, rule)
    words = known.words(language)
    return AlertWords(words.title, words.todo, words.harmless)


def rule_names() -> tuple[str, ...]:
    """Of all rules there are, in the order of the document."""
    return tuple(running_rules())


def is_about(alert: Alert, actor: Actor) -> bool:
    """Whether the alert is about the account that asks, or the owner of the token that does."""
    return not {actor.account_uid, actor.owner or actor.account_uid}.isdisjoint(alert.group.split(" "))
