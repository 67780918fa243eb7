"""The documents that decide how the service works: one row for each, with how it is read, compared and put in force."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from traceapp.dictionary import properties as dictionaries
from traceapp.dictionary.document_text import wrong_places
from traceapp.domain.approvals import Operation
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import DictionaryError, HomeError, InputError, PolicyError
from traceapp.domain.governed import DocumentKind, Effect, Version
from traceapp.domain.permissions import Act, Permission
from traceapp.host.governed_files import LARGEST, GovernedFiles
from traceapp.policy import alert_rules
from traceapp.policy.acceptance import Acceptance, running_path
from traceapp.policy.decisions import Policy
from traceapp.policy.document import parse_policy, read_content
from traceapp.policy.page import MEANINGS
from traceapp.usecases.approvals.missing_persons import why_deadlocked
from traceapp.usecases.governed.change_effects import effect_of_dictionary, effect_of_policy, no_effect
from traceapp.usecases.governed.kept_versions import LABEL, read_versions
from traceapp.usecases.stations import Stations


@dataclass(frozen=True, slots=True)
class Governed:
    """What there is to know of one kind.

    read      bytes → the document; raises InputError, which names the place.
    check     (stations, document): whether it can come in force beside and after what is; raises InputError.
    digest, plain  of a document: SHA-256 (hex) of what it says, and that as plain JSON.
    in_force  the document that these stations go by.   content  its bytes, to be kept as the version before.
    effect    (stations, before, after) → what the change does.
    unfit     (stations, document) → why it cannot come in force with the persons of today; None where it can.
    """

    operation: Operation
    act: Act
    read: Callable[[bytes], Any]
    check: Callable[[Stations, Any], None]
    digest: Callable[[Any], str]
    plain: Callable[[Any], Mapping[str, Any]]
    in_force: Callable[[Stations], Any]
    content: Callable[[Stations], bytes]
    effect: Callable[[Stations, Any, Any], Effect]
    unfit: Callable[[Stations, Any], str | None] = lambda stations, document: None


def _read_policy(content: bytes) -> Any:
    try:
        return parse_policy(content)
    except PolicyError as error:
        raise refused_document(error) from None


def _check_policy(stations: Stations, document: Any) -> None:
    try:
        Policy(document, stations.dictionary)
    except PolicyError as error:
        raise refused_document(error) from None


def _read_rules(content: bytes) -> Any:
    try:
        return alert_rules.parse_alert_rules(content)
    except ValidationError as error:
        raise refused_document(f"The alert rules are malformed: {wrong_places(error)}.") from None
    except ValueError as error:
        raise refused_document(f"The alert rules cannot be read: {error}.") from None


def _check_rules(stations: Stations, rules: Any) -> None:
    """They rest on nothing else."""


def _read_dictionary(content: bytes) -> Any:
    try:
        return dictionaries.parse_dictionary(content)
    except DictionaryError as error:
        raise refused_document(error) from None


def _check_dictionary(stations: Stations, dictionary: Any) -> None:
    try:
        dictionaries.check_successor(stations.dictionary, dictionary)
        Policy(stations.policy.document, dictionary)
    except (DictionaryError, PolicyError) as error:
        raise refused_document(error) from None


def refused_document(said: object) -> InputError:
    """Why a document cannot come in force, as a fault of the field that it was sent in."""
    return InputError(f"document: {said}", (("document", str(said)),))


def _policy_content(stations: Stations) -> bytes:
    acceptance = Acceptance(stations.settings.home, stations.sealer.macs, None)
    return read_content(running_path(stations.settings.policy, acceptance))


def _kept_or(kind: DocumentKind, shipped: Callable[[], bytes]) -> Callable[[Stations], bytes]:
    def content(stations: Stations) -> bytes:
        acceptance = Acceptance(stations.settings.home, stations.sealer.macs, None, kind=kind)
        kept = acceptance.digest
        return (acceptance.files.get(kept) if kept else None) or shipped()

    return content


GOVERNED: Final[Mapping[DocumentKind, Governed]] = {
    DocumentKind.POLICY: Governed(
        operation=Operation.POLICY_CHANGE,
        act=Act.POLICY_APPLY,
        read=_read_policy,
        check=_check_policy,
        digest=lambda document: str(document.digest),
        plain=lambda document: _plain(document.model_dump()),
        in_force=lambda stations: stations.policy.document,
        content=_policy_content,
        effect=effect_of_policy,
        unfit=why_deadlocked,
    ),
    DocumentKind.DICTIONARY: Governed(
        operation=Operation.DICTIONARY_CHANGE,
        act=Act.DICTIONARY_APPLY,
        read=_read_dictionary,
        check=_check_dictionary,
        digest=lambda dictionary: str(dictionary.digest),
        plain=lambda dictionary: dictionary.document.model_dump(mode="json", exclude={"service"}),
        in_force=lambda stations: stations.dictionary,
        content=_kept_or(DocumentKind.DICTIONARY, dictionaries.shipped_content),
        effect=effect_of_dictionary,
    ),
    DocumentKind.ALERT_RULES: Governed(
        operation=Operation.ALERT_RULES_CHANGE,
        act=Act.ALERT_RULES_APPLY,
        read=_read_rules,
        check=_check_rules,
        digest=alert_rules.digest_of_rules,
        plain=alert_rules.plain_rules,
        in_force=lambda stations: stations.documents.loaded.rules,
        content=_kept_or(DocumentKind.ALERT_RULES, alert_rules.shipped_content),
        effect=no_effect,
    ),
}


def files_of(stations: Stations, kind: DocumentKind) -> GovernedFiles:
    return GovernedFiles(stations.settings.home, kind)


def parse_document(stations: Stations, kind: DocumentKind, content: bytes) -> Any:
    """The document, as far as it can come in force now; raises InputError, which names the place."""
    document = GOVERNED[kind].read(content)
    GOVERNED[kind].check(stations, document)
    return document


def kept_content(stations: Stations, kind: DocumentKind, digest: str) -> bytes | None:
    """What the home keeps under this digest, as far as it says that; None where it keeps nothing, or something else.

    A version that was in force once stays readable, whatever came after it.
    """
    content = files_of(stations, kind).get(digest)
    if content is None or len(content) > LARGEST:
        return None
    return content if read_digest(kind, content) == digest else None


def read_digest(kind: DocumentKind, content: bytes) -> str | None:
    """Digest of what a text says; None where it is no such document."""
    try:
        return GOVERNED[kind].digest(GOVERNED[kind].read(content))
    except InputError:
        return None


def keep_content(stations: Stations, kind: DocumentKind, digest: str, content: bytes) -> None:
    """raises  HomeError: it cannot be written."""
    try:
        files_of(stations, kind).put(digest, content)
    except OSError as error:
        raise HomeError(f"the {kind.value} cannot be kept in the home ({error.strerror})") from None


def list_kept_versions(stations: Stations, kind: DocumentKind) -> tuple[Version, ...]:
    """All that were in force (`read_versions`)."""
    return read_versions(stations.settings.home, stations.sealer.macs, kind)


def keep_version(stations: Stations, kind: DocumentKind, version: Version) -> None:
    """raises  HomeError: it cannot be written."""
    told = {
        "number": version.number,
        "digest": version.digest,
        "replaces": version.replaces,
        "proposed_by": version.proposed_by,
        "approved_by": list(version.approved_by),
        "approval": version.approval,
        "at": stored_time(version.at),
    }
    mac = stations.sealer.macs.row(f"{LABEL} {kind.value}", told)
    try:
        files_of(stations, kind).put_version(version.number, {**told, "mac": mac.hex()})
    except OSError as error:
        raise HomeError(f"the versions of {kind.value} cannot be kept in the home ({error.strerror})") from None


def present_version(stations: Stations, kind: DocumentKind, now: datetime) -> Version:
    """The one in force; where nothing was ever changed by agreement, as number 1, with nobody's name."""
    kept = list_kept_versions(stations, kind)
    digest = GOVERNED[kind].digest(GOVERNED[kind].in_force(stations))
    if kept and kept[-1].digest == digest:
        return kept[-1]
    number = kept[-1].number + 1 if kept else 1
    return Version(number, digest, kept[-1].digest if kept else None, "", (), None, now)


def _plain(value: Any) -> Any:
    """Sets as sorted lists, keys as texts; all else as JSON has it."""
    match value:
        case dict():
            return {str(name): _plain(part) for name, part in value.items()}
        case frozenset() | set():
            return sorted(map(str, value))
        case list() | tuple():
            return [_plain(part) for part in value]
        case None | bool() | int() | float() | str():
            return json.loads(json.dumps(value))
        case _:
            return str(value)


def permission_words(permission: str, language: str) -> str:
    """What a permission allows, in the reader's language; one of another release as it stands."""
    if permission not in set(Permission):
        return permission
    english, chinese = MEANINGS[Permission(permission)]
    return chinese if language.startswith("zh") else english
