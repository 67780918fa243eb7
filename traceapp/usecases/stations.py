"""The stations that meet in a use case, built once per process by `composition.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traceapp.confidential.key_store import KeyStore
    from traceapp.confidential.sealer import DictionarySealer
    from traceapp.confidential.side_seal import SideSeal
    from traceapp.confidential.signature_key import SignatureKey
    from traceapp.confidential.source_archive import SourceArchive
    from traceapp.dictionary.properties import Dictionary
    from traceapp.domain.clock import Clock
    from traceapp.domain.organisation import Organisation
    from traceapp.domain.record_checks import RecordChecks
    from traceapp.graph.account_store import AccountStore
    from traceapp.graph.acl_store import AclStore
    from traceapp.graph.approval_store import ApprovalStore
    from traceapp.graph.batch_store import BatchStore
    from traceapp.graph.command_store import CommandStore
    from traceapp.graph.connection import Graph
    from traceapp.graph.decider_store import DeciderStore
    from traceapp.graph.document_store import DocumentStore
    from traceapp.graph.event_store import EventStore
    from traceapp.graph.feed_store import FeedStore
    from traceapp.graph.grant_store import GrantStore
    from traceapp.graph.head_store import HeadStore
    from traceapp.graph.place_store import PlaceStore
    from traceapp.graph.review_store import ReviewStore
    from traceapp.graph.sealed_store import SealedStore
    from traceapp.graph.session_store import SessionStore
    from traceapp.graph.trace_store import TraceStore
    from traceapp.host.row_register import RowRegister
    from traceapp.identity.oidc import OidcProvider
    from traceapp.ledger.alert_book import AlertBook
    from traceapp.ledger.client import LedgerClient
    from traceapp.ledger.side_files import SideFiles
    from traceapp.policy.decisions import Policy
    from traceapp.settings import Settings
    from traceapp.usecases.governed.running_documents import RunningDocuments


@dataclass(frozen=True, slots=True)
class Stations:
    """Everything a use case may use; it never builds one of these itself.

    request_id  of the HTTP request or terminal command that is being carried out, 32 hex digits: its records bear it.
    policy, dictionary  those of this moment, of which `documents` knows whether others are in force by now.
    checks  of the question that is being answered; None outside of one (`usecases/disclosed/verification.py`).
    """

    settings: Settings
    clock: Clock
    organisation: Organisation
    dictionary: Dictionary
    policy: Policy
    documents: RunningDocuments
    graph: Graph
    register: RowRegister
    heads: HeadStore
    acls: AclStore
    accounts: AccountStore
    sessions: SessionStore
    grants: GrantStore
    approvals: ApprovalStore
    deciders: DeciderStore
    reviews: ReviewStore
    recipients: DocumentStore
    deliveries: DocumentStore
    feeds: FeedStore
    events: EventStore
    places: PlaceStore
    batches: BatchStore
    traces: TraceStore
    keys: KeyStore
    sealed: SealedStore
    sealer: DictionarySealer
    archive: SourceArchive
    ledger: LedgerClient
    rolls: SideFiles
    roll_seal: SideSeal
    values: SideFiles
    value_seal: SideSeal
    signature_key: SignatureKey
    commands: CommandStore
    alerts: AlertBook
    provider: OidcProvider | None = None
    checks: RecordChecks | None = None
    request_id: str | None = None
