"""The bytes of answers about accounts; `answers.py` says what holds for all."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Response

from traceapp.domain.recorded import LedgerReceipt, Recorded
from traceapp.usecases.accounts.give_role import Given
from traceapp.usecases.accounts.leave_account import Left
from traceapp.usecases.accounts.list_accounts import AccessFacts, AccountList
from traceapp.web.answers import document_response


def accounts_answer(recorded: Recorded[AccountList]) -> Response:
    found = recorded.value
    told = {"accounts": [facts_document(one) for one in found.accounts], "services": [_plain(one) for one in found.services]}
    return document_response({**told, "ledger": recorded.receipt})


def given_answer(username: str, given: Given) -> Response:
    recorded = given.asked or given.done
    assert recorded is not None  # noqa: S101  one of the two
    waits = given.asked.value.uid if given.asked is not None else None
    gains = sorted(given.gains) if waits is not None else []
    return document_response({"username": username, "approval": waits, "gains": gains, "ledger": recorded.receipt})


def suspended_answer(username: str, receipt: LedgerReceipt) -> Response:
    return document_response({"username": username, "approval": None, "gains": [], "ledger": receipt})


def password_answer(username: str, receipt: LedgerReceipt) -> Response:
    return document_response({"username": username, "ledger": receipt})


def left_answer(recorded: Recorded[Left]) -> Response:
    return document_response({**_plain(recorded.value), "ledger": recorded.receipt})


def facts_document(facts: AccessFacts) -> dict[str, Any]:
    """As JSON; sets in the order of their names."""
    return _plain(facts)


def _plain(said: Any) -> dict[str, Any]:
    told = _ordered(asdict(said))
    assert isinstance(told, dict)  # noqa: S101  it was one
    return told


def _ordered(value: object) -> object:
    match value:
        case Mapping():
            return {str(name): _ordered(part) for name, part in value.items()}
        case frozenset():
            return sorted(value)
        case list() | tuple():
            return [_ordered(one) for one in value]
        case _:
            return value
