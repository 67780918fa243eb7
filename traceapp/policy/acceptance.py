"""Which policy is in force: the document that was accepted, or agreed to by others. Else everything is denied.

The home keeps the digest of the document that it last accepted, under a MAC, and the ledger says so as well. The first start
accepts what it finds; after that another document, an edit, an empty file and a lost one deny everything until somebody accepts
what stands there, on record. A kept digest that was rewritten, put back or taken away does the same.

A document that others agreed to lies in the home under its digest (`host/governed_files.py`), and goes before the chosen one.
The other governed documents are kept in the same way, and compared by the same digests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from traceapp.dictionary.properties import Dictionary, parse_dictionary, read_dictionary
from traceapp.domain.errors import DictionaryError, PolicyError
from traceapp.domain.governed import DocumentKind
from traceapp.domain.record_macs import RecordMacs
from traceapp.host.governed_files import GovernedFiles, accepted_file
from traceapp.host.private_files import OWN, sync_folder, write_private
from traceapp.policy.alert_rules import Rule, digest_of_rules, parse_alert_rules, read_alert_rules
from traceapp.policy.decisions import Policy
from traceapp.policy.document import PolicyDocument, read_policy

ACCEPTED: Final = "policy.accepted"
LABEL: Final = "PolicyAccepted"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What this home has accepted.

    on_record  the digest that the ledger's newest acceptance names; None where it holds none: a home before its first start.
    begun      digests that were about to be accepted since; whether they were, the home's file says, since it is the switch.
    """

    home: Path
    macs: RecordMacs
    on_record: str | None
    begun: frozenset[str] = frozenset()
    kind: DocumentKind = DocumentKind.POLICY

    @property
    def path(self) -> Path:
        return accepted_file(self.home, self.kind)

    @property
    def digest(self) -> str | None:
        """The digest that the home keeps; None where it keeps none, empty where it is not as it was written."""
        try:
            digest, mac = self.path.read_text(encoding="ascii").split()
            proven = self.macs.proves_row(_label(self.kind), {"digest": digest, "mac": bytes.fromhex(mac)})
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            return ""
        return digest if proven else ""

    @property
    def files(self) -> GovernedFiles:
        return GovernedFiles(self.home, self.kind)

    def names(self, document: PolicyDocument) -> bool:
        """Whether the home keeps this one as accepted; the ledger is not asked."""
        return self.digest == document.digest

    def keep(self, digest: str) -> None:
        """From now on this document is the accepted one, in every process that looks; durable."""
        mac = self.macs.row(_label(self.kind), {"digest": digest})
        write_private(self.path, f"{digest} {mac.hex()}\n".encode("ascii"), OWN)
        sync_folder(self.home)

    @property
    def is_known(self) -> bool:
        """Whether the home says what was accepted, if anything was, and the ledger says nothing else."""
        kept = self.digest
        return kept != "" and (self.on_record in {None, kept} or kept in self.begun)

    def check(self, document: PolicyDocument) -> None:
        """raises  PolicyError: it is not the document that was accepted here; the first one is."""
        kept = self.digest
        if kept is None and self.on_record is None:
            self.keep(document.digest)
        elif kept is None:
            raise PolicyError(f"{ACCEPTED} is gone, which says what policy was accepted; the ledger names {self.on_record}.")
        elif not kept:
            raise PolicyError(f"{ACCEPTED} was changed outside the service: what policy was accepted is not known.")
        elif kept != document.digest:
            raise PolicyError(f"The policy changed and was not accepted: it has digest {document.digest[:12]}, not {kept[:12]}.")
        elif self.on_record not in {None, kept} and kept not in self.begun:
            raise PolicyError(f"An older {ACCEPTED} was put back: the ledger says that another policy was accepted since.")


def running_document(chosen: Path | str, acceptance: Acceptance) -> PolicyDocument:
    """What others agreed to, where that was accepted last; else the chosen document. Whether it may decide, `check` says.

    raises  PolicyError: it cannot be read, or is a file that others may write.
    """
    return read_policy(running_path(chosen, acceptance))


def running_path(chosen: Path | str, acceptance: Acceptance) -> Path | str:
    """Where it lies, or its name where it comes with the program."""
    kept = acceptance.digest
    agreed = acceptance.files.path(kept) if kept else None
    return agreed if agreed is not None and agreed.exists() else chosen


def load_policy(chosen: Path | str, acceptance: Acceptance, dictionary: Dictionary) -> Policy:
    """The policy that is in force; where there is none, one that denies everything and says why (`Policy.closed`)."""
    try:
        policy = Policy(running_document(chosen, acceptance), dictionary)
        acceptance.check(policy.document)
    except PolicyError as error:
        return Policy.denying(str(error), dictionary)
    return policy


def load_dictionary(acceptance: Acceptance | None) -> tuple[Dictionary | None, str | None]:
    """The dictionary in force, and what is wrong with what the home keeps; None where nobody knows what others agreed to.

    acceptance  None for the one that comes with the program, which is in force as long as nobody agreed to another.
    """
    shipped = read_dictionary()
    if acceptance is None:
        return shipped, None
    wanted, fault = _wanted(acceptance)
    if wanted in {None, shipped.digest}:
        return shipped, fault
    try:
        found = parse_dictionary(acceptance.files.get(wanted or "") or b"")
    except DictionaryError:
        return None, fault or _EDITED % acceptance.kind.value
    return (found, fault) if found.digest == wanted else (None, fault or _EDITED % acceptance.kind.value)


def load_rules(acceptance: Acceptance) -> tuple[Mapping[str, Rule], str | None]:
    """The alert rules in force, and what is wrong; where what others agreed to is lost, those that come with the program."""
    shipped = read_alert_rules()
    wanted, fault = _wanted(acceptance)
    if wanted in {None, digest_of_rules(shipped)}:
        return shipped, fault
    try:
        found = parse_alert_rules(acceptance.files.get(wanted or "") or b"")
    except ValueError:
        return shipped, fault or _EDITED % acceptance.kind.value
    return (found, fault) if digest_of_rules(found) == wanted else (shipped, fault or _EDITED % acceptance.kind.value)


def _wanted(acceptance: Acceptance) -> tuple[str | None, str | None]:
    """Digest of what others agreed to last, and what is wrong with what the home says of it."""
    if acceptance.is_known:
        return acceptance.digest, None
    return acceptance.on_record, f"{acceptance.path.name} is not what the service wrote, or an older one was put back."


_EDITED: Final = "The document %s in the home is not the one that others agreed to."


def _label(kind: DocumentKind) -> str:
    """What the MAC is bound to."""
    return LABEL if kind is DocumentKind.POLICY else f"Accepted {kind.value}"
