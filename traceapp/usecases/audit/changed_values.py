"""Which values of accounts, tokens and accesses a record commits to; secrets stand as fingerprints, never themselves."""

from base64 import b64encode
from typing import Any

from traceapp.domain.accounts import Account, Token
from traceapp.domain.factors import Factors
from traceapp.domain.grants import GrantRecord
from traceapp.usecases.audit.kept_values import Changes, fingerprint
from traceapp.usecases.stations import Stations


def changes_of_account(before: Account | None, after: Account | None) -> Changes:
    return _changes(_account(before), _account(after))


def changes_of_token(before: Token | None, after: Token | None) -> Changes:
    return _changes(_token(before), _token(after))


def changes_of_grant(before: GrantRecord | None, after: GrantRecord | None) -> Changes:
    return _changes(_grant(before), _grant(after))


def changes_of_factors(before: Factors, after: Factors) -> Changes:
    return _changes(_factors(before), _factors(after))


def reason_of_change(stations: Stations, account_uid: str, words: str) -> Changes:
    """Why an account was changed: sealed beside the record, under the key of the account."""
    return {"reason": (None, sealed_text(stations.sealer.seal_document("Account", account_uid, "reason", words.encode())))}


def sealed_text(ciphertext: bytes | None) -> str | None:
    """A value that is sealed in the store stays so: it opens under the key that it was sealed with, and goes with it."""
    return b64encode(ciphertext).decode() if ciphertext else None


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Changes:
    return {name: (before.get(name), after.get(name)) for name in before | after}


def _account(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {
        "username": account.username,
        "password": fingerprint(account.password_hash),
        "provisional": account.provisional,
        "printed_name": sealed_text(account.printed_name),
        "role": account.role.value,
        "sites": account.sites,
        "lines": account.lines,
        "lots": account.lots,
        "person": account.person,
        "former_persons": account.former_persons,
        "disabled": account.disabled,
        "left_at": account.left_at,
        "factors": fingerprint(sealed_text(account.factors)),
    }


def _factors(factors: Factors) -> dict[str, Any]:
    return {
        "codes": fingerprint(factors.totp),
        "codes_begun": fingerprint(factors.pending),
        "recovery_codes": fingerprint(",".join(sorted(factors.recovery))) if factors.recovery else None,
        "passkeys": sorted(key.credential_id for key in factors.passkeys),
    }


def _token(token: Token | None) -> dict[str, Any]:
    if token is None:
        return {}
    return {
        "secret": fingerprint(token.token_hash),
        "owner": token.account_uid,
        "label": token.label,
        "role": token.role.value,
        "sites": token.sites,
        "lines": token.lines,
        "lots": token.lots,
        "only": sorted(one.value for one in token.only) if token.only is not None else None,
        "purpose": token.purpose.value if token.purpose is not None else None,
        "networks": token.networks,
        "expires_at": token.expires_at,
        "revoked": token.revoked,
    }


def _grant(grant: GrantRecord | None) -> dict[str, Any]:
    if grant is None:
        return {}
    return {
        "account": grant.account_uid,
        "tier": grant.tier,
        "reason": sealed_text(grant.reason),
        "ends_at": grant.ends_at,
        "state": grant.state.value,
        "verdict": grant.verdict.value if grant.verdict is not None else None,
        "note": sealed_text(grant.note),
    }
