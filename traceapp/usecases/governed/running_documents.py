"""Policy, dictionary and alert rules of one process: loaded at its start, and again as soon as others agreed to another one.

What was accepted is told by the home and the ledger. A process that runs keeps what it has where they say nothing that holds
(docs/decisions/0014-an-unaccepted-policy-denies.md); one that starts then denies everything, or takes nothing new in
(docs/decisions/0022-changes-of-the-rules.md).
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from traceapp.dictionary.properties import Dictionary, put_in_force
from traceapp.domain.errors import TraceappError
from traceapp.domain.governed import DocumentKind
from traceapp.domain.permissions import Act
from traceapp.domain.record_macs import RecordMacs
from traceapp.host.governed_files import accepted_file, stamp
from traceapp.ledger.reading import find_done
from traceapp.policy import alert_rules
from traceapp.policy.acceptance import Acceptance, load_dictionary, load_policy, load_rules
from traceapp.policy.alert_rules import Rule
from traceapp.policy.decisions import Policy
from traceapp.settings import Settings
from traceapp.usecases.governed.kept_versions import forms_file, with_former
from traceapp.usecases.stations import Stations

ACTS: Final[Mapping[DocumentKind, tuple[Act, ...]]] = {
    DocumentKind.ALERT_RULES: (Act.ALERT_RULES_APPLY,),
    DocumentKind.DICTIONARY: (Act.DICTIONARY_APPLY,),
    DocumentKind.POLICY: (Act.POLICY_ACCEPT, Act.POLICY_APPLY),
}
"""By which acts a document comes in force."""
Stamp = tuple[tuple[int, int, int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class Documents:
    """faults  kind → why what the home keeps of it is not what was agreed to."""

    policy: Policy
    dictionary: Dictionary
    rules: Mapping[str, Rule]
    faults: Mapping[DocumentKind, str]


def acceptances_of(home: Path, macs: RecordMacs) -> dict[DocumentKind, Acceptance]:
    """What a home has accepted, by its own files and by its ledger; raises LedgerUnavailableError."""
    made = {}
    for kind, newest in find_done(home, ACTS).items():
        on_record = str(newest.done["request"]["accepted"]) if newest.done is not None else None
        begun = frozenset(str(told["request"]["accepted"]) for told in newest.begun)
        made[kind] = Acceptance(home, macs, on_record, begun, kind)
    return made


def acceptance_of(home: Path, macs: RecordMacs, kind: DocumentKind = DocumentKind.POLICY) -> Acceptance:
    """The same of one document."""
    return acceptances_of(home, macs)[kind]


def load_documents(settings: Settings, macs: RecordMacs) -> Documents:
    """Those in force; raises LedgerUnavailableError."""
    accepted = acceptances_of(settings.home, macs)
    dictionary, lost = load_dictionary(accepted[DocumentKind.DICTIONARY])
    rules, other = load_rules(accepted[DocumentKind.ALERT_RULES])
    faults = {kind: fault for kind, fault in ((DocumentKind.DICTIONARY, lost), (DocumentKind.ALERT_RULES, other)) if fault}
    if dictionary is None:
        shipped = load_dictionary(None)[0]
        assert shipped is not None  # noqa: S101 - it comes with the program
        return Documents(Policy.denying(lost or "", shipped), shipped, rules, faults)
    dictionary = with_former(settings.home, macs, dictionary)
    policy = load_policy(settings.policy, accepted[DocumentKind.POLICY], dictionary)
    return Documents(policy.reading_only(next(iter(faults.values()), None)), dictionary, rules, faults)


class RunningDocuments:
    """One for each process; its threads share it."""

    def __init__(self, settings: Settings, macs: RecordMacs) -> None:
        """raises  LedgerUnavailableError."""
        self._settings = settings
        self._macs = macs
        self._lock = threading.Lock()
        self._stamp = self._read_stamp()
        self.loaded = load_documents(settings, macs)
        self._put_in_force()

    def renewed(self, stations: Stations) -> Stations:
        """The same stations, under the documents of this moment; the very same where nothing was accepted since."""
        found = self._read_stamp()
        if found == self._stamp:
            return stations
        with self._lock:
            if found == self._stamp:
                return stations
            try:
                fresh = load_documents(self._settings, self._macs)
            except TraceappError:
                return stations  # asked again by the next request
            self._stamp = found
            if fresh.policy.closed is not None:
                return stations
            self.loaded = fresh
            self._put_in_force()
        return replace(stations, policy=fresh.policy, dictionary=fresh.dictionary, sealer=stations.sealer.under(fresh.dictionary))

    def _put_in_force(self) -> None:
        """For what has no stations: forms, words of properties and rules."""
        put_in_force(self.loaded.dictionary)
        alert_rules.put_in_force(self.loaded.rules)

    def _read_stamp(self) -> Stamp:
        home = self._settings.home
        return *(stamp(accepted_file(home, kind)) for kind in DocumentKind), stamp(forms_file(home))
