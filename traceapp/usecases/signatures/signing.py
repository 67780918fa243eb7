"""A person signs: he shows components of his identity, and his word is sealed under exactly one record."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from traceapp.domain.accounts import Account, fold_username
from traceapp.domain.errors import ConcurrentChangeError, SignatureComponentsError
from traceapp.domain.factors import is_fresh
from traceapp.domain.rights import Actor
from traceapp.domain.sessions import Session
from traceapp.domain.signatures import (
    MEANINGS,
    WRONG_COMPONENTS,
    Component,
    Meaning,
    SealedSignature,
    Shown,
    Signature,
    SignedRecord,
    is_enough,
)
from traceapp.identity.passwords import verify_password
from traceapp.usecases.accounts.names import printed_name
from traceapp.usecases.approvals.approval_persons import is_new
from traceapp.usecases.sessions.open_session import bound
from traceapp.usecases.sessions.rotate_session import own_session
from traceapp.usecases.sessions.second_factors import factors_of
from traceapp.usecases.stations import Stations

FIRST: Final = (
    "The first signature of a session takes two components: your user name and your password, or one of them and a second "
    "factor that was just shown."
)
LATER: Final = "A signature takes your password, or a second factor that was shown since your last one."
PROVISIONAL: Final = "Somebody else gave you your password: change it before you sign anything."


@dataclass(frozen=True, slots=True)
class Signing:
    """Somebody who has shown enough to sign once.

    session  as it was when that was looked at.   first  whether it is the first signature of it.
    """

    account: Account
    session: Session
    components: tuple[Component, ...]
    first: bool


@dataclass(frozen=True, slots=True)
class SigningNeed:
    """What whoever would sign now has to show.

    first   two components, not one.   factor  whether a second factor that was shown already is one of them.
    meaning of the signature.
    """

    first: bool
    factor: bool
    meaning: Meaning


def check_components(stations: Stations, actor: Actor, shown: Shown) -> Signing:
    """Whether this is enough for one signature.

    A second factor counts while it is fresh and nothing was signed since it was shown; a password is typed each time.
    raises  SignatureComponentsError: too little, or wrong. SignInError: too many passwords are looked at at once.
            NotSignedInError.
    """
    return components_shown(stations, *own_session(stations, actor), shown)


def components_shown(stations: Stations, session: Session, account: Account, shown: Shown) -> Signing:
    """The same of a session and an account as they were read in this act; raises what that raises."""
    if account.provisional:
        raise SignatureComponentsError(PROVISIONAL)
    found: list[Component] = []
    if shown.username:
        if fold_username(shown.username) != account.username:
            raise SignatureComponentsError(WRONG_COMPONENTS)
        found.append(Component.IDENTIFICATION)
    if shown.password:
        if not verify_password(account.password_hash, shown.password):
            raise SignatureComponentsError(WRONG_COMPONENTS)
        found.append(Component.PASSWORD)
    if _has_factor_that_counts(stations, account, session):
        found.append(Component.FACTOR)
    first = session.signed_at is None
    if not is_enough(frozenset(found), first=first):
        raise SignatureComponentsError(FIRST if first else LATER)
    return Signing(account, session, tuple(found), first)


def has_factor(session: Session, now: datetime) -> bool:
    """Whether a second factor was shown in this session that can be a component of a signature."""
    unused = session.signed_at is None or (session.factor_at is not None and session.factor_at > session.signed_at)
    return unused and is_fresh(session.factor_at, now)


def _has_factor_that_counts(stations: Stations, account: Account, session: Session) -> bool:
    """The same; of an account that somebody changed a short while ago none counts that was set up since, by whoever it was."""
    if not has_factor(session, stations.clock.now()):
        return False
    changed = account.granted_at
    return changed is None or not is_new(stations, account) or factors_of(stations, account).stood(changed)


def need_of(stations: Stations, actor: Actor, meaning: Meaning) -> SigningNeed:
    """raises  NotSignedInError: he is in no session."""
    session, account = own_session(stations, actor)
    return SigningNeed(session.signed_at is None, _has_factor_that_counts(stations, account, session), meaning)


def sign(
    stations: Stations, signing: Signing, record: SignedRecord, meaning: Meaning, reason: str, at: datetime
) -> SealedSignature:
    """Seal the word; nothing is kept yet.

    raises  KeyUnavailableError, SealBrokenError: his printed name cannot be opened.
    """
    account, words = signing.account, MEANINGS[meaning]
    document = Signature(
        record=record,
        meaning=meaning,
        says={"en": words.says_en, "zh": words.says_zh},
        name=printed_name(stations, account),
        username=account.username,
        account=account.uid,
        person=account.person_id,
        role=account.role,
        signed_at=at,
        reason=reason,
        components=signing.components,
        session=signing.session.uid,
        first=signing.first,
    ).document
    return SealedSignature(document, stations.signature_key.seal(document))


def session_after(stations: Stations, actor: Actor, signing: Signing, at: datetime) -> Session:
    """The session as it is at this moment, and as it is to be kept together with what was signed: what was shown is used up.

    raises  ConcurrentChangeError: another signature was given in it meanwhile. NotSignedInError.
    """
    session, account = own_session(stations, actor)
    if session.signed_at != signing.session.signed_at:
        raise ConcurrentChangeError("Something else was signed in this session at this moment.")
    return _used(stations, account, session, at)


def sessions_after(stations: Stations, actor: Actor, signing: Signing, at: datetime) -> Iterator[Session]:
    """That for each try to keep it: first as it was looked at, since a session that was written or ended meanwhile, which
    has another version or none, is not written by it; then as it is by that time.

    raises  what `session_after` raises.
    """
    yield _used(stations, signing.account, signing.session, at)
    while True:
        yield session_after(stations, actor, signing, at)


def _used(stations: Stations, account: Account, session: Session, at: datetime) -> Session:
    return bound(stations, account, replace(session, signed_at=at))


def said_of(signed: SealedSignature, signing: Signing, meaning: Meaning) -> dict[str, object]:
    """What the record of the act says of it."""
    return {"signature": signed.digest, "meaning": meaning.value, "components": [one.value for one in signing.components]}
