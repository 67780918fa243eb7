"""Which policy is in force: the chosen document, if it is the one that was accepted. Else everything is denied.

The home keeps the digest of the document that it last accepted. The first start accepts what it finds; after that another
document, an edit, an empty file and a lost one deny everything until somebody accepts what stands there, on record.
"""

from pathlib import Path
from typing import Final

from traceapp.dictionary.properties import Dictionary
from traceapp.domain.errors import PolicyError
from traceapp.host.private_files import OWN, write_private
from traceapp.policy.decisions import Policy
from traceapp.policy.document import PolicyDocument, read_policy

ACCEPTED: Final = "policy.accepted"


def accepted_digest(home: Path) -> str | None:
    """The digest that the home keeps; None where it has accepted none yet."""
    try:
        return (home / ACCEPTED).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return ""


def keep_accepted(home: Path, digest: str) -> None:
    """From now on this document is the accepted one."""
    write_private(home / ACCEPTED, f"{digest}\n".encode("ascii"), OWN)


def load_policy(chosen: Path | str, home: Path, dictionary: Dictionary) -> Policy:
    """The policy that is in force; where there is none, one that denies everything and says why (`Policy.closed`)."""
    try:
        policy = Policy(read_policy(chosen), dictionary)
        check_accepted(home, policy.document)
    except PolicyError as error:
        return Policy.denying(str(error), dictionary)
    return policy


def check_accepted(home: Path, document: PolicyDocument) -> None:
    """raises  PolicyError: it is not the document that was accepted here; the first one is."""
    kept = accepted_digest(home)
    if kept is None:
        keep_accepted(home, document.digest)
    elif kept != document.digest:
        raise PolicyError(
            f"The policy changed and was not accepted: it has digest {document.digest[:12]}, not {kept[:12] or 'any'}."
        )
