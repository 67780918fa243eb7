"""Builds the stations of a process, and the home that they find their keys in; `backing.py` starts what they speak to."""

import gc
import getpass
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from traceapp.confidential.file_provider import FileKeyProvider
from traceapp.confidential.key_store import FOLDER as KEYS
from traceapp.confidential.key_store import KeyStore
from traceapp.confidential.keys import KeyPurpose
from traceapp.confidential.live_keys import LiveKeys
from traceapp.confidential.pkcs11_provider import Pkcs11KeyProvider
from traceapp.confidential.record_mac import RecordMacs
from traceapp.confidential.sealer import DictionarySealer
from traceapp.confidential.side_seal import SideSeal
from traceapp.confidential.signature_key import SignatureKey
from traceapp.confidential.source_archive import SourceArchive
from traceapp.delivery.mail import MailSink, read_mail
from traceapp.delivery.syslog import SyslogSink, parse_syslog
from traceapp.delivery.webhook import NoticeHook, WebhookSink, read_webhook_secret
from traceapp.demo.plant import write_organisation
from traceapp.dictionary.organisation import read_organisation
from traceapp.dictionary.properties import Dictionary, read_dictionary
from traceapp.domain.alerts import AlertSink
from traceapp.domain.clock import SystemClock
from traceapp.domain.errors import (
    HomeError,
    KeyUnavailableError,
    LedgerUnavailableError,
    PolicyError,
    RecoveryMissingError,
    RestoreUnfinishedError,
)
from traceapp.domain.governed import DocumentKind
from traceapp.domain.keys import KeyProvider
from traceapp.domain.ledger_health import AnchorState
from traceapp.domain.notices import NoticeSink
from traceapp.domain.rights import Actor, Role
from traceapp.graph.account_store import AccountStore
from traceapp.graph.acl_store import AclStore
from traceapp.graph.approval_store import ApprovalStore
from traceapp.graph.batch_store import BatchStore
from traceapp.graph.command_store import CommandStore
from traceapp.graph.connection import Graph
from traceapp.graph.decider_store import DeciderStore
from traceapp.graph.document_store import DELIVERY, RECIPIENT, DocumentStore
from traceapp.graph.endpoint import read_server_file
from traceapp.graph.event_store import EventStore
from traceapp.graph.feed_store import FeedStore
from traceapp.graph.grant_store import GrantStore
from traceapp.graph.head_store import HeadStore
from traceapp.graph.place_store import PlaceStore
from traceapp.graph.review_store import ReviewStore
from traceapp.graph.revocation_store import RevocationStore
from traceapp.graph.sealed_store import SealedStore
from traceapp.graph.session_store import SessionStore
from traceapp.graph.trace_store import TraceStore
from traceapp.host.governed_files import read_accepted
from traceapp.host.outbound import OutboundGuard
from traceapp.host.row_register import RowRegister
from traceapp.identity.oidc import OidcProvider, read_oidc
from traceapp.ledger.alert_book import AlertBook
from traceapp.ledger.anchors.configured import build_anchors
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.notice_book import NoticeBook
from traceapp.ledger.side_files import ROLLS, VALUES, SideFiles
from traceapp.policy.acceptance import Acceptance, load_dictionary, load_rules, running_document
from traceapp.policy.alert_rules import Rule, read_alert_rules
from traceapp.policy.record_facts import RecordFacts, Shift, restricted_of
from traceapp.settings import Settings
from traceapp.usecases.accounts.revoke_without_keys import KeylessStations
from traceapp.usecases.approvals.tell_of_approvals import Notices
from traceapp.usecases.audit.anchor_ledger import anchor_ledger
from traceapp.usecases.backup.restore_home import UNFINISHED
from traceapp.usecases.governed.running_documents import RunningDocuments, load_documents
from traceapp.usecases.load_demo import STATE as DEMO_STATE
from traceapp.usecases.read_metrics import Measurement, read_metrics
from traceapp.usecases.stations import Stations
from traceapp.usecases.watch_stations import WatchStations

ORGANISATION = "organisation.toml"
DATA = ("ledger", "store", "sources")
"""Folders of a home that are worth nothing without its keys."""
MIB = 1024 * 1024

Say = Callable[[str], None]


def prepare_home(settings: Settings) -> None:
    """Make the home folder and its keys where they are missing; never over existing ones, nor beside data of others.

    raises  HomeError: the folder cannot be written, or belongs to somebody else.
            RestoreUnfinishedError: a restore into it was broken off, or not proven.
            KeyUnavailableError: there is data, and the keys that it was sealed with are gone.
    """
    home = settings.home
    if (home / UNFINISHED).exists():
        raise RestoreUnfinishedError(f"{home} is the half of a restore, or one that was not proven")
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = home / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise HomeError(f"the home folder {home} cannot be written ({error.strerror})") from None
    data = [name for name in DATA if (home / name).exists()]
    if data and not (home / KEYS).exists():
        raise KeyUnavailableError(
            f"{home} holds {', '.join(data)} and no keys: what is sealed there opens under its own keys only"
        )
    keys = key_store(settings)
    now = SystemClock().now()
    keys.create(now, settings.key_provider)
    keys.complete(now)


def key_store(settings: Settings) -> KeyStore:
    """The keys of the home, with the providers that the settings tell of."""

    def provider_of(name: str, folder: Path) -> KeyProvider:
        if name == FileKeyProvider.name:
            return FileKeyProvider(folder)
        if not (settings.pkcs11_module and settings.pkcs11_token and settings.pkcs11_pin_file):
            raise KeyUnavailableError(
                f"the keys of {settings.home} are wrapped by a {name} token; set TRACEAPP_PKCS11_MODULE, "
                "TRACEAPP_PKCS11_TOKEN and TRACEAPP_PKCS11_PIN_FILE"
            )
        return _token_provider(settings.pkcs11_module, settings.pkcs11_token, settings.pkcs11_pin_file)

    return KeyStore(settings.home, provider_of)


_token_provider = cache(Pkcs11KeyProvider)
"""One for each token, which remembers a PIN that was refused."""


def key_warnings(settings: Settings) -> tuple[str, ...]:
    """What a production start says of its keys; raises KeyUnavailableError."""
    ring = key_store(settings).record()
    said = []
    if ring.provider == FileKeyProvider.name:
        said.append(
            "the key-encryption key lies in a file of the home folder: a stolen disk speaks; set TRACEAPP_KEY_PROVIDER=pkcs11 "
            "and run traceapp keys rotate --kek"
        )
    elif ring.provider != settings.key_provider:
        said.append(f"the keys are wrapped by {ring.provider}, and TRACEAPP_KEY_PROVIDER says {settings.key_provider}")
    if not ring.recovery:
        said.append("there is no recovery key of two officers: if the key-encryption key is lost, what you keep elsewhere is all")
    return tuple(said)


def check_recovery_key(settings: Settings) -> None:
    """raises  RecoveryMissingError: production without a recovery key; a home that holds the demo is a trial for good."""
    if settings.recovery_key == "elsewhere" or (settings.home / DEMO_STATE).exists():
        return
    if not key_store(settings).record().recovery:
        raise RecoveryMissingError(
            f"{settings.home} has no recovery key: if its key-encryption key is lost, everything that is sealed is lost"
        )


def check_policy(settings: Settings) -> None:
    """raises  PolicyError: the policy cannot be read, or is not the one that was accepted: nothing would be allowed."""
    keys = key_store(settings).load()
    load = load_documents(settings, RecordMacs(keys, keys.owner))
    if load.policy.closed is not None:
        raise PolicyError(load.policy.closed)


def policy_is_accepted(settings: Settings) -> bool:
    """Whether the document on disk can be read and is the one that the home keeps as accepted; raises KeyUnavailableError."""
    keys = key_store(settings).load()
    acceptance = Acceptance(settings.home, RecordMacs(keys, keys.owner), on_record=None)
    try:
        return acceptance.names(running_document(settings.policy, acceptance))
    except PolicyError:
        return False


def edited_documents(settings: Settings) -> dict[str, bool]:
    """Kind of a governed document, policy apart → whether the home keeps another one than others agreed to.

    raises  KeyUnavailableError.
    """
    keys = key_store(settings).load()
    macs = RecordMacs(keys, keys.owner)
    lost = load_dictionary(Acceptance(settings.home, macs, None, kind=DocumentKind.DICTIONARY))[1]
    other = load_rules(Acceptance(settings.home, macs, None, kind=DocumentKind.ALERT_RULES))[1]
    return {DocumentKind.DICTIONARY.value: lost is not None, DocumentKind.ALERT_RULES.value: other is not None}


def watched_rules(settings: Settings) -> tuple[Mapping[str, Rule], RecordFacts]:
    """What the watch goes by at this moment; raises KeyUnavailableError, LedgerUnavailableError."""
    keys = key_store(settings).load()
    documents = load_documents(settings, RecordMacs(keys, keys.owner))
    return documents.rules, facts_by(settings, documents.dictionary)


def facts_by(settings: Settings, dictionary: Dictionary) -> RecordFacts:
    shift = Shift(*settings.shift, settings.shift_zone) if settings.shift is not None else None
    return RecordFacts(restricted_of(dictionary), shift)


def place_demo_organisation(settings: Settings) -> None:
    """The demo's organisation, where the home has none yet."""
    path = settings.home / ORGANISATION
    if not path.exists():
        write_organisation(path)


def build_stations(settings: Settings) -> Stations:
    """Connect this process to the running store and ledger of the home. Call it after a fork.

    raises  StoreUnavailableError, StoreCredentialsError, StoreVersionError, KeyUnavailableError, PolicyError.
    """
    held = key_store(settings)
    keys = LiveKeys(held.load, held.ring_path)
    documents = RunningDocuments(settings, RecordMacs(keys, keys.owner))
    dictionary = documents.loaded.dictionary
    organisation = read_organisation(settings.home / ORGANISATION)
    graph = Graph.open(settings)
    accepted = partial(read_accepted, settings.home, DocumentKind.DICTIONARY)
    sealer = DictionarySealer(keys, dictionary, keys.owner, accepted)
    register = RowRegister(settings.home)
    accounts, sessions = AccountStore(graph, sealer.macs, register), SessionStore(graph, register)
    approvals = ApprovalStore(graph, sealer.macs, register)
    return Stations(
        settings=settings,
        clock=SystemClock(),
        organisation=organisation,
        dictionary=dictionary,
        policy=documents.loaded.policy,
        documents=documents,
        graph=graph,
        register=register,
        heads=HeadStore(graph, sealer.macs, register),
        acls=AclStore(graph, register),
        accounts=accounts,
        sessions=sessions,
        grants=GrantStore(graph, sealer.macs, register),
        approvals=approvals,
        deciders=DeciderStore(graph, approvals, accounts, sessions),
        reviews=ReviewStore(graph, sealer.macs, register),
        recipients=DocumentStore(graph, sealer.macs, register, RECIPIENT),
        deliveries=DocumentStore(graph, sealer.macs, register, DELIVERY),
        feeds=FeedStore(graph, sealer.macs, register),
        events=EventStore(graph, register),
        places=PlaceStore(graph, register),
        batches=BatchStore(graph),
        traces=TraceStore(graph),
        keys=held,
        sealed=SealedStore(graph),
        sealer=sealer,
        archive=SourceArchive(settings.home, keys.purpose_key(KeyPurpose.SOURCES)),
        ledger=LedgerClient(settings.home),
        rolls=SideFiles(settings.home, ROLLS, reserve=settings.ledger_reserve * MIB // 8),
        roll_seal=SideSeal(keys.purpose_key(KeyPurpose.LEDGER_SIDE), ROLLS),
        values=SideFiles(settings.home, VALUES),
        value_seal=SideSeal(keys.purpose_key(KeyPurpose.LEDGER_SIDE), VALUES),
        signature_key=SignatureKey(keys.purpose_key(KeyPurpose.SIGNATURES)),
        commands=CommandStore(graph),
        alerts=AlertBook(settings.home),
        provider=identity_provider(settings),
    )


def identity_provider(settings: Settings) -> OidcProvider | None:
    """The one that the settings name, None where they name none; raises SettingsError."""
    if settings.oidc_file is None:
        return None
    guard = OutboundGuard(settings.outbound_hosts, settings.outbound_networks)
    return OidcProvider(read_oidc(settings.oidc_file), guard)


def build_anchoring(settings: Settings, say: Say) -> Callable[[], tuple[AnchorState, ...]]:
    """What asks every anchor that the settings name, as often as its time has come. The ledger must run.

    raises  SettingsError: one of them cannot be used as it is set up. LedgerUnavailableError.
    """
    ledger, clock = LedgerClient(settings.home), SystemClock()
    anchors = build_anchors(settings, ledger.get_verifier_key().partition("+")[0], clock, say)
    return partial(anchor_ledger, settings.home, ledger, anchors, clock)


@contextmanager
def connected(settings: Settings) -> Iterator[Stations]:
    """Stations for as long as this block, whose records belong together; raises what `build_stations` raises."""
    stations = replace(build_stations(settings), request_id=secrets.token_hex(16))
    try:
        yield stations
    finally:
        stations.graph.close()
        stations.ledger.close()


def spare_collections() -> None:
    """An answer of 10,000 lots is 100,000 objects without a cycle; at its usual pace the collector takes a fifth of the time.

    What is loaded by now is never looked at again; the rest is collected, less often.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def session_key(settings: Settings) -> bytes:
    """The key under which the web service signs its sessions."""
    return key_store(settings).load().purpose_key(KeyPurpose.SESSIONS)


def terminal_actor() -> Actor:
    """Whoever has the service's files is its administrator; recorded under the name of the operating system."""
    name = getpass.getuser()
    return Actor(f"os:{name}", f"os:{name}", Role.ADMIN, frozenset({"*"}), frozenset({"*"}), through="terminal")


def build_watch(settings: Settings) -> WatchStations:
    """What the watch over the ledger needs; it goes on while the store and the data keys are away."""
    try:
        rules, facts = watched_rules(settings)
    except (KeyUnavailableError, LedgerUnavailableError):  # the watch goes on; it looks again when the documents are touched
        rules, facts = read_alert_rules(), facts_by(settings, read_dictionary())
    return WatchStations(
        settings=settings,
        clock=SystemClock(),
        ledger=LedgerClient(settings.home),
        book=AlertBook(settings.home),
        keys=key_store(settings),
        rules=rules,
        facts=facts,
        policy=partial(policy_is_accepted, settings),
        documents=partial(edited_documents, settings),
        reload=partial(watched_rules, settings),
        sinks=alert_sinks(settings),
    )


def alert_sinks(settings: Settings) -> tuple[AlertSink, ...]:
    """Those that the settings name, beside the page; raises SettingsError."""
    guard = OutboundGuard(settings.outbound_hosts, settings.outbound_networks)
    sinks: list[AlertSink] = []
    if settings.alert_webhook is not None and settings.alert_webhook_secret_file is not None:
        key = read_webhook_secret(settings.alert_webhook_secret_file)
        sinks.append(WebhookSink(settings.alert_webhook.get_secret_value(), key, guard))
    if settings.alert_syslog is not None:
        sinks.append(SyslogSink(parse_syslog(settings.alert_syslog), guard))
    return tuple(sinks)


def build_notices(settings: Settings) -> Notices:
    """How people are told of approvals that wait for them; raises SettingsError."""
    guard = OutboundGuard(settings.outbound_hosts, settings.outbound_networks)
    mail = read_mail(settings.mail_file) if settings.mail_file is not None else None
    hooks = [sink for sink in alert_sinks(settings) if isinstance(sink, WebhookSink)]
    sinks: list[NoticeSink] = [NoticeHook(hook, mail.address if mail is not None else "") for hook in hooks]
    if mail is not None:
        sinks.append(MailSink(mail, guard))
    return Notices(NoticeBook(settings.home), sinks, SystemClock())


def build_measure(settings: Settings) -> Callable[[], tuple[Measurement, ...]]:
    """What /metrics asks; it needs neither store nor keys."""
    return partial(read_metrics, settings.home, LedgerClient(settings.home), AlertBook(settings.home))


@contextmanager
def keyless(settings: Settings) -> Iterator[KeylessStations]:
    """Of the running service, what takes rights away while its keys are away; raises StoreUnavailableError, SettingsError."""
    graph, ledger = Graph.open(read_server_file(settings)), LedgerClient(settings.home)
    try:
        yield KeylessStations(RevocationStore(graph, RowRegister(settings.home)), ledger, secrets.token_hex(16))
    finally:
        graph.close()
        ledger.close()
