"""A person comes in by the company's identity provider; who has left there has left here."""

import secrets
from dataclasses import replace

from traceapp.domain.accounts import Account, check_printed_name, normal_username
from traceapp.domain.errors import InputError, SettingsError, SignInError
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.sessions import Client
from traceapp.identity.oidc import Asked, Claims, GroupRow, OidcProvider
from traceapp.identity.passwords import hash_password
from traceapp.policy.gains import gains
from traceapp.usecases.access import entry_of, things
from traceapp.usecases.accounts.account_role import held_by
from traceapp.usecases.accounts.give_role import counts_as_founding
from traceapp.usecases.accounts.last_approvers import said_of_lacks_after
from traceapp.usecases.approvals.approval_persons import told_of_approver
from traceapp.usecases.audit.changed_values import changes_of_account
from traceapp.usecases.changes import carry_out_of
from traceapp.usecases.sessions.open_session import Opened, admit, make_session
from traceapp.usecases.sessions.second_factors import factors_of
from traceapp.usecases.stations import Stations

WAITS = "the role of his group takes the word of others: ask for it with traceapp account return"
NOT_HERE = "The identity provider knows you, but no account here is open for you."


def ask_provider(stations: Stations) -> Asked:
    """Where the browser goes; nothing is known of anybody yet, and nothing recorded. raises SettingsError, ProviderError."""
    return _provider(stations).ask()


def sign_in_by_provider(stations: Stations, code: str, verifier: str, nonce: str, client: Client) -> Recorded[Opened]:
    """A session of whoever the provider says it is, with the role of the first of his groups that has one.

    The account is found by issuer and subject, never by name: a name that somebody has here cannot be taken from there.
    verifier, nonce  what `ask_provider` drew for this sign-in and the browser kept.
    It is made at the first sign-in, follows the groups at each, and is closed where they map to nothing any more.
    raises  SignInError: recorded first; ProviderError; LedgerUnavailableError.
    """
    provider = _provider(stations)
    try:
        claims = provider.redeem(code, verifier, nonce, stations.clock.now())
    except SignInError as refused:
        _record(stations, {}, client, str(refused))
        raise
    uid = stations.sealer.digest(f"oidc\0{claims.issuer}\0{claims.subject}")[:32]
    row = provider.settings.row_of(claims.groups)
    account = stations.accounts.get_account(uid)
    if row is None:
        _close(stations, account, uid, client)
        raise SignInError(NOT_HERE)
    if account is not None and account.disabled:
        _record(stations, {"account": uid, "username": account.username}, client, "closed account")
        raise SignInError(NOT_HERE)
    account = _follow(stations, account, uid, claims, row, client)
    if account.disabled:
        _record(stations, {"account": uid, "username": account.username}, client, WAITS)
        raise SignInError(NOT_HERE)
    due = factors_of(stations, account).any
    opened = make_session(stations, account, client, factor_due=due, factor="provider")
    return admit(stations, opened, {"by": "identity provider"})


def _follow(stations: Stations, account: Account | None, uid: str, claims: Claims, row: GroupRow, client: Client) -> Account:
    """The account as the provider's groups want it; written, on record, only where something changed."""
    if account is None:
        made = _new_account(stations, uid, claims, row, client)
    else:
        made = replace(account, role=row.role, sites=row.sites, lines=row.lines)
        made = replace(made, granted_at=stations.clock.now()) if made.role is not account.role else made
    made = _with_word_of_others(stations, account, made, client)
    if made != account:
        is_new = (account is None or account.role is not row.role) and not made.disabled
        told = told_of_approver(stations, row.role) if is_new else {}
        told |= said_of_lacks_after(stations, made) if account is not None else {}
        request = {"account": uid, "role": row.role.value, "sites": sorted(row.sites), "lines": sorted(row.lines), **told}
        who = _known({"account": uid, "username": made.username}, client)

        def work() -> None:
            stations.accounts.put_account(made, account)
            stations.sessions.void_sessions_of_account(uid)

        carry_out_of(
            stations,
            who,
            Act.ACCOUNT_FOLLOW,
            request,
            work,
            about=things("Account", uid),
            changes=changes_of_account(account, made),
        )
    return made


def _with_word_of_others(stations: Stations, account: Account | None, made: Account, client: Client) -> Account:
    """What of it may be taken over at once: whoever keeps the groups there gives nobody what takes the word of others here.

    A new person gets a closed account, an old one keeps what he has; an administrator asks for the rest.
    """
    before = held_by(account) if account is not None else None
    gained = gains(stations.policy.document, before, held_by(made))
    if not gained or counts_as_founding(stations, made.role, account, at_terminal=False):
        return made
    if account is None:
        return replace(made, disabled=True)
    who, request = _known({"account": account.uid, "username": account.username}, client), {"role": made.role.value}
    stations.ledger.append(entry_of(stations, who, Act.ACCOUNT_FOLLOW, "denied", request=request, reason=WAITS))
    return account


def _new_account(stations: Stations, uid: str, claims: Claims, row: GroupRow, client: Client) -> Account:
    try:
        username = normal_username(claims.username)
        printed_name = check_printed_name(claims.printed_name)
    except InputError:
        _record(stations, {"account": uid}, client, "the provider sends a name that cannot be used")
        raise SignInError(NOT_HERE) from None
    if stations.accounts.get_account_by_username(username) is not None:
        _record(stations, {"account": uid}, client, "the provider sends a name that another account has")
        raise SignInError(NOT_HERE)
    return Account(
        uid=uid,
        username=username,
        password_hash=hash_password(secrets.token_hex(32)),  # nobody knows it: this account comes in by the provider
        printed_name=stations.sealer.seal_document("Account", uid, "printed_name", printed_name.encode()),
        role=row.role,
        sites=row.sites,
        lines=row.lines,
        created_at=stations.clock.now(),
    )


def _close(stations: Stations, account: Account | None, uid: str, client: Client) -> None:
    who = {"account": uid, **({"username": account.username} if account is not None else {})}
    if account is not None and not account.disabled:
        closed = replace(account, disabled=True)

        def work() -> None:
            stations.accounts.put_account(closed, account)
            stations.sessions.void_sessions_of_account(uid)

        told = {"account": uid, "changed": "closed", **said_of_lacks_after(stations, closed)}
        carry_out_of(
            stations,
            _known(who, client),
            Act.ACCOUNT_FOLLOW,
            told,
            work,
            about=things("Account", uid),
            changes=changes_of_account(account, closed),
        )
        _record(stations, who, client, "no group of his has a role here any more; the account was closed")
    else:
        _record(stations, who, client, "no group of his has a role here")


def _record(stations: Stations, who: dict[str, str], client: Client, reason: str) -> None:
    stations.ledger.append(entry_of(stations, _known(who, client), Act.SESSION_START, "denied", reason=reason))


def _known(who: dict[str, str], client: Client) -> dict[str, str]:
    return {**who, "through": "identity provider", "address": client.address}


def _provider(stations: Stations) -> OidcProvider:
    if stations.provider is None:
        raise SettingsError("There is no identity provider: TRACEAPP_OIDC_FILE is not set.")
    return stations.provider
