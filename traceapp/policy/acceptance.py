"""Which policy is in force: the chosen document, if it is the one that was accepted. Else everything is denied.

The home keeps the digest of the document that it last accepted, under a MAC, and the ledger says so as well. The first start
accepts what it finds; after that another document, an edit, an empty file and a lost one deny everything until somebody accepts
what stands there, on record. A kept digest that was rewritten, put back or taken away does the same.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from traceapp.dictionary.properties import Dictionary
from traceapp.domain.errors import PolicyError
from traceapp.domain.record_macs import RecordMacs
from traceapp.host.private_files import OWN, write_private
from traceapp.policy.decisions import Policy
from traceapp.policy.document import PolicyDocument, read_policy

ACCEPTED: Final = "policy.accepted"
LABEL: Final = "PolicyAccepted"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What this home has accepted.

    on_record  the digest that the ledger's newest acceptance names; None where it holds none: a home before its first start.
    """

    home: Path
    macs: RecordMacs
    on_record: str | None

    @property
    def digest(self) -> str | None:
        """The digest that the home keeps; None where it keeps none, empty where it is not as it was written."""
        try:
            digest, mac = (self.home / ACCEPTED).read_text(encoding="ascii").split()
            proven = self.macs.proves_row(LABEL, {"digest": digest, "mac": bytes.fromhex(mac)})
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            return ""
        return digest if proven else ""

    def names(self, document: PolicyDocument) -> bool:
        """Whether the home keeps this one as accepted; the ledger is not asked."""
        return self.digest == document.digest

    def keep(self, digest: str) -> None:
        """From now on this document is the accepted one."""
        mac = self.macs.row(LABEL, {"digest": digest})
        write_private(self.home / ACCEPTED, f"{digest} {mac.hex()}\n".encode("ascii"), OWN)

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
        elif self.on_record not in {None, kept}:
            raise PolicyError(f"An older {ACCEPTED} was put back: the ledger says that another policy was accepted since.")


def load_policy(chosen: Path | str, acceptance: Acceptance, dictionary: Dictionary) -> Policy:
    """The policy that is in force; where there is none, one that denies everything and says why (`Policy.closed`)."""
    try:
        policy = Policy(read_policy(chosen), dictionary)
        acceptance.check(policy.document)
    except PolicyError as error:
        return Policy.denying(str(error), dictionary)
    return policy
