"""What the watch over the ledger needs: neither store nor data keys, so that it goes on while they are away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from traceapp.confidential.key_store import KeyStore
from traceapp.domain.alerts import AlertSink
from traceapp.domain.clock import Clock
from traceapp.ledger.alert_book import AlertBook
from traceapp.ledger.client import LedgerClient
from traceapp.policy.alert_rules import Rule
from traceapp.policy.record_facts import RecordFacts
from traceapp.settings import Settings


@dataclass(frozen=True, slots=True)
class WatchStations:
    """Built by `composition.py`.

    policy  whether the document on disk is the accepted one; raises KeyUnavailableError. It decides nothing here: the watch
            rings whatever the policy says, and where there is none.
    documents  kind of a governed document → whether the home keeps another one than others agreed to; raises the same.
    reload  rules and facts of this moment: others may have agreed to other rules; raises the same, LedgerUnavailableError.
    sinks   those that the settings name.
    """

    settings: Settings
    clock: Clock
    ledger: LedgerClient
    book: AlertBook
    keys: KeyStore
    rules: Mapping[str, Rule]
    facts: RecordFacts
    policy: Callable[[], bool]
    documents: Callable[[], Mapping[str, bool]]
    reload: Callable[[], tuple[Mapping[str, Rule], RecordFacts]]
    sinks: Sequence[AlertSink] = ()
