"""What must hold beside a clearance: a fresh second factor, a shift, a network. What is not known does not hold."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from traceapp.domain.rights import Actor
from traceapp.domain.sentences import Sentence
from traceapp.policy.document import Conditions


def unmet(conditions: Conditions, actor: Actor, now: datetime) -> tuple[str, ...]:
    """One sentence for each condition that does not hold at this moment; empty where all do.

    now  aware; a shift is in UTC.
    """
    lacking = []
    minutes = conditions.factor_minutes
    if minutes is not None and not _is_fresh(actor.factor_at, now, minutes):
        lacking.append(Sentence("A second factor must have been shown within %(minutes)s minutes.", minutes=minutes))
    if conditions.shift is not None and not _within_shift(conditions.shift, now):
        begins, ends = conditions.shift
        lacking.append(Sentence("It is outside the shift %(begins)s–%(ends)s UTC.", begins=begins, ends=ends))
    if conditions.networks is not None and not _within_networks(conditions, actor.address):
        lacking.append(Sentence("The request does not come from a network that is named for it."))
    return tuple(lacking)


def demanded(conditions: Conditions) -> tuple[str, ...]:
    """One sentence for each condition, whether it holds or not."""
    said = []
    if conditions.factor_minutes is not None:
        said.append(Sentence("A second factor within %(minutes)s minutes.", minutes=conditions.factor_minutes))
    if conditions.shift is not None:
        begins, ends = conditions.shift
        said.append(Sentence("Within the shift %(begins)s–%(ends)s UTC.", begins=begins, ends=ends))
    if conditions.networks is not None:
        said.append(Sentence("From %(networks)s.", networks=", ".join(sorted(map(str, conditions.networks)))))
    return tuple(said)


def _is_fresh(factor_at: datetime | None, now: datetime, minutes: int) -> bool:
    """A factor of the future is none: the clock was set back since, and nobody knows by how much."""
    return factor_at is not None and timedelta(0) <= now - factor_at <= timedelta(minutes=minutes)


def _within_shift(shift: tuple[str, str], now: datetime) -> bool:
    begins, ends = shift
    time = now.astimezone(UTC).strftime("%H:%M")
    return begins <= time < ends if begins < ends else time >= begins or time < ends


def _within_networks(conditions: Conditions, address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found.version == network.version and found in network for network in conditions.networks or ())
