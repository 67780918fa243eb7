"""What may leave as a file: an answer that is not on record yet, with everything that others sign and the ledger keeps of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from traceapp.dictionary.entries import Tier
from traceapp.domain.approvals import Operation
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import Actor
from traceapp.usecases.stations import Stations


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much of an answer may be in the file.

    tier      the highest whose values may stand there in clear.
    personal  whether what is about single persons may, as the dictionary marks it.
    """

    tier: Tier
    personal: bool = True


@dataclass(frozen=True, slots=True)
class Exportable:
    """An answer of one moment.

    answer        what its tables are made of.
    request       the question as a record keeps it.
    digest        SHA-256 (hex) of the answer; the same question has it again, while nothing and nobody's rights changed.
    counts        how much of what it is.
    completeness  a name of `domain/trace.Status`.
    of            what it is about, `{"kind", "uid"}` each, as far as whoever asks may see them; seeds: how many there are.
    values        tier → how many values of it leave in clear.   sample  some of what is in it, `{"kind", "uid"}` each.
    head          snapshot of the graph that it is of; 0 where it is of none.
    record        (outcome's result, as names) → the record under which it leaves; its roll is durable by then.
    """

    answer: Any
    request: Mapping[str, Any]
    digest: str
    counts: Mapping[str, int]
    completeness: str
    of: Sequence[Mapping[str, str]]
    seeds: int
    values: Mapping[str, int]
    sample: Sequence[Mapping[str, str]]
    head: int
    record: Callable[..., LedgerEntry]


@dataclass(frozen=True, slots=True)
class ExportSubject:
    """One kind of question whose rows can leave.

    permission  what whoever takes them has to be allowed.   operation  by which others agree to more than one may take alone.
    highest     the highest tier that it has, or that may leave.
    document    (question) → as JSON holds it.   parse  the reverse; raises KeyError, TypeError, ValueError.
    pin         (question) → the same as of this moment, so that later facts are no part of its answer.
    ask         (who asks, question, how much may be in it) → its answer; raises what the question itself does.
    """

    permission: Permission
    operation: Operation
    highest: Tier
    document: Callable[[Any], dict[str, Any]]
    parse: Callable[[Mapping[str, Any]], Any]
    pin: Callable[[Stations, Any], Any]
    ask: Callable[[Stations, Actor, Any, Wanted], Exportable]
