"""Make a bearer token for a program."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from traceapp.domain.accounts import SERVICE_OWNER, Account, Token, check_label, check_networks
from traceapp.domain.errors import InputError, PermissionDeniedError
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.identity.tokens import mint_token
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.accounts.find_account import find_account
from traceapp.usecases.approvals.approval_persons import decides
from traceapp.usecases.audit.changed_values import changes_of_token
from traceapp.usecases.changes import carry_out
from traceapp.usecases.intake.given_view import check_view, find_lots, within
from traceapp.usecases.stations import Stations

LONGEST_DAYS = 90
NOT_A_PERSON: Final = (
    "A role that agrees to things belongs to persons: make the token of another role, or of a person's account with --owner."
)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What somebody wants a token for.

    role      of a service token; of an owned one it is the owner's, and None or that.
    label     what it is for; it stands in the ledger beside all that is done with the token.
    days      until it expires, 1 to 90.
    owner     username of the account that it belongs to. Without one it is the actor's own; where the actor is the
              operating system's, it is a service token, which nobody's account limits.
    only      permissions that it is made for, some of the role's; None for all of them.
    networks  where it may come from.
    lots      numbers or uids of what is approved one by one (`given_view.find_lots`).
    """

    role: Role | None
    sites: frozenset[str]
    lines: frozenset[str]
    label: str
    days: int
    owner: str | None = None
    only: frozenset[Permission] | None = None
    purpose: Purpose | None = None
    networks: tuple[str, ...] = ()
    lots: Collection[str] = ()

    @property
    def on_record(self) -> dict[str, Any]:
        """As the ledger keeps it; what `lots` name is known later."""
        return {
            "role": self.role.value if self.role else None,
            "sites": self.sites,
            "lines": self.lines,
            "label": self.label,
            "days": self.days,
            "owner": self.owner,
            "only": sorted(one.value for one in self.only) if self.only is not None else None,
            "purpose": self.purpose.value if self.purpose else None,
            "networks": self.networks,
        }


def issue_token(stations: Stations, actor: Actor, wanted: TokenRequest) -> Recorded[str]:
    """The text of a new token, which is shown this once and kept as a hash.

    raises  PermissionDeniedError: also for more than the owner may do, and for a role that agrees to things without an owner.
            InputError: a label, a number of days, a view, a permission or a purpose that cannot be given.
    """
    request = wanted.on_record
    authorise(stations, actor, Permission.TOKEN_CREATE, request)
    label = check_label(wanted.label)
    if not 1 <= wanted.days <= LONGEST_DAYS:
        raise InputError(f"days: wanted 1 to {LONGEST_DAYS}, found {wanted.days}", (("days", f"1 to {LONGEST_DAYS}"),))
    account = _owner(stations, actor, wanted.owner)
    own_role = _role(wanted.role, account)
    if account is None and decides(stations, own_role):
        stations.ledger.append(entry(stations, actor, Permission.TOKEN_CREATE, "denied", request=request, reason=NOT_A_PERSON))
        raise PermissionDeniedError(NOT_A_PERSON)
    approved = find_lots(stations, actor, own_role, wanted.lots)
    check_view(stations, actor, wanted.sites, wanted.lines, approved)
    if account is not None and not _is_within(account, wanted, approved):
        raise PermissionDeniedError("A token cannot see more than its owner.")
    _check_scope(stations, own_role, wanted.only, wanted.purpose)
    kept_networks = check_networks(wanted.networks)
    minted = mint_token()
    now = stations.clock.now()
    token = Token(
        uid=minted.token_id,
        token_hash=minted.secret_hash,
        account_uid=account.uid if account is not None else actor.account_uid,
        role=own_role,
        sites=wanted.sites,
        lines=wanted.lines,
        label=label,
        created_at=now,
        expires_at=now + timedelta(days=wanted.days),
        only=wanted.only,
        purpose=wanted.purpose,
        networks=kept_networks,
        lots=approved,
    )

    def work() -> str:
        stations.accounts.put_token(token)
        return minted.text

    done = {**request, "token": minted.token_id, "lots": approved}
    return carry_out(
        stations,
        actor,
        Permission.TOKEN_CREATE,
        done,
        work,
        about=things("Token", minted.token_id),
        changes=changes_of_token(None, token),
    )


def _owner(stations: Stations, actor: Actor, owner: str | None) -> Account | None:
    """None for a service token."""
    if owner is not None:
        return find_account(stations, owner)
    if actor.account_uid.startswith(SERVICE_OWNER):
        return None
    own = stations.accounts.get_account(actor.account_uid)
    if own is None:
        raise PermissionDeniedError("Only a person with an account, or who has the service's files, can make a token.")
    return own


def _is_within(owner: Account, wanted: TokenRequest, approved: frozenset[str]) -> bool:
    return within(wanted.sites, owner.sites) and within(wanted.lines, owner.lines) and approved <= owner.lots


def _role(role: Role | None, owner: Account | None) -> Role:
    if owner is None:
        if role is None:
            raise InputError("role: wanted the role of the service token", (("role", "a role"),))
        return role
    if owner.disabled or role not in {None, owner.role}:
        raise PermissionDeniedError("A token cannot do more than its owner.")
    return owner.role


def _check_scope(stations: Stations, role: Role, only: frozenset[Permission] | None, purpose: Purpose | None) -> None:
    row = stations.policy.document.roles.get(role)
    allowed = row.permissions if row is not None else frozenset()
    if only is not None and not only <= allowed:
        possible = ", ".join(sorted(allowed)) or "none"
        raise InputError(f"only: wanted some of {possible}, which {role.value} may do", (("only", f"some of {possible}"),))
    if purpose is not None and (row is None or purpose not in row.purposes):
        possible = ", ".join(sorted(row.purposes)) if row is not None else "none"
        raise InputError.wanted("purpose", f"one of {possible}")
