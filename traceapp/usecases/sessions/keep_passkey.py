"""A person makes a passkey, or forgets one."""

from dataclasses import replace

from traceapp.domain.accounts import check_label
from traceapp.domain.errors import FactorRefusedError
from traceapp.domain.factors import Site
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.identity import passkeys
from traceapp.identity.passkeys import REFUSED
from traceapp.usecases.access import things
from traceapp.usecases.audit.changed_values import changes_of_factors
from traceapp.usecases.changes import carry_out
from traceapp.usecases.sessions.rotate_session import own_session
from traceapp.usecases.sessions.second_factors import (
    change_own_factors,
    check_fresh,
    factors_of,
    keep_factors,
    prove_person,
)
from traceapp.usecases.stations import Stations

MOST = 10


def ask_for_passkey(stations: Stations, actor: Actor, site: Site, challenge: bytes) -> str:
    """What the browser makes a new passkey from, as JSON; nothing is disclosed that the person does not know."""
    _, account = own_session(stations, actor)
    known = factors_of(stations, account).passkeys
    return passkeys.registration_options(site, account.uid, account.username, known, challenge)


def add_passkey(
    stations: Stations, actor: Actor, password: str, credential: str, challenge: bytes, site: Site, label: str
) -> Recorded[None]:
    """Keep a new passkey.

    raises  what `prove_person` raises. FactorRefusedError: the passkey was made for another challenge. InputError: no good
            label.
    """
    request = {"changed": "passkey added"}
    account, factors = prove_person(stations, actor, password, request)
    made = passkeys.verify_registration(credential, challenge, site, check_label(label), stations.clock.now())
    others = tuple(key for key in factors.passkeys if key.credential_id != made.credential_id)
    changed = replace(factors, passkeys=(*others, made)[-MOST:])

    def work() -> None:
        if not keep_factors(stations, account, changed):
            raise FactorRefusedError(REFUSED)

    about, changes = things("Account", account.uid), changes_of_factors(factors, changed)
    return carry_out(stations, actor, Act.FACTOR_CHANGE, request, work, about=about, changes=changes)


def drop_passkey(stations: Stations, actor: Actor, credential_id: str) -> Recorded[None]:
    """Forget one; an unknown one changes nothing. raises FactorNeededError."""
    check_fresh(stations, actor)
    return change_own_factors(
        stations,
        actor,
        "passkey dropped",
        lambda old: replace(old, passkeys=tuple(key for key in old.passkeys if key.credential_id != credential_id)),
    )
