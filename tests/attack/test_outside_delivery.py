"""What goes outside goes to whom others agreed, as they agreed, or not at all; whoever owns the store changes none of it."""

import json
from typing import Any

import pytest

from tests.age_reader import open_age
from tests.web.test_outside_delivery import BASIS, IDENTITY, TRACE, Office, office  # noqa: F401 - the fixture
from traceapp.formats.bech32 import bech32_encode
from traceapp.graph.sweep_store import SweepStore
from traceapp.usecases.keys.verify_rows import check_rows

pytestmark = pytest.mark.one_store

T3 = {**TRACE, "tier": "T3", "channel": "mail"}
OTHER_KEY = bech32_encode("age", bytes([9]) + bytes(31))


def swapped(office: Office, label: str, uid: str, other: str) -> None:  # noqa: F811
    """The document of one row, and all that tells what is in it, onto another."""
    office.stations.graph.administer(
        f"MATCH (a:{label} {{uid: '{uid}'}}), (b:{label} {{uid: '{other}'}}) "
        "SET a.document = b.document, a.digest = b.digest, a.oldest_key = b.oldest_key",
        "test",
    )


def test_attacker_who_swaps_the_key_of_a_recipient_in_the_store_gets_no_file(office: Office) -> None:  # noqa: F811
    """He has a recipient of his own, lawfully registered, and puts its row over that of the authority."""
    authority, his = office.recipient(), office.recipient(key=OTHER_KEY, person="Nobody")
    body = {**T3, "recipient": authority}
    waiting = office.agree(office.ask("/api/v1/traces/export", "POST", json=body))
    ready = office.agree(office.ask("/api/v1/traces/export", "POST", json=body))
    assert office.execute(ready).status_code == 200
    swapped(office, "Recipient", authority, his)

    assert office.execute(waiting).status_code == 409
    assert office.ask(f"/api/v1/approvals/{waiting}").get_json()["approval"]["state"] == "superseded"
    assert office.ask(f"/api/v1/approvals/{ready}/file").status_code == 409
    assert office.ask("/api/v1/traces/export", "POST", json=body).status_code == 400
    assert [one["uid"] for one in office.ask("/api/v1/recipients").get_json()["recipients"]] == [his]
    _, findings = check_rows(office.stations, SweepStore(office.stations.graph))
    assert any(authority in one for one in findings)


def test_attacker_who_changes_what_was_approved_in_the_store_takes_nothing(office: Office) -> None:  # noqa: F811
    """The larger question, which nobody agreed to, in the place of the approved one."""
    small = office.agree(office.ask("/api/v1/traces/export", "POST", json={**TRACE, "seeds": [{"number": "S-9"}]}))
    large = office.ask("/api/v1/traces/export", "POST", json=TRACE).get_json()["uid"]
    swapped(office, "Approval", small, large)

    assert office.execute(small).status_code == 404
    assert office.ask(f"/api/v1/approvals/{small}/file").status_code == 404
    assert office.execute(large).status_code == 409


SMUGGLED: dict[str, dict[str, Any]] = {
    "a text": {"personal": "true"},
    "a number": {"personal": 1},
    "another name": {"Personal": True},
    "no ground": {"personal": True, "legal_basis": ""},
    "within the question": {"question": {"personal": True}},
}


@pytest.mark.parametrize("said", SMUGGLED.values(), ids=SMUGGLED)
def test_attacker_who_smuggles_personal_fields_is_refused(office: Office, said: dict[str, Any]) -> None:  # noqa: F811
    recipient = office.recipient()
    assert office.ask("/api/v1/traces/export", "POST", json={**T3, "recipient": recipient, **said}).status_code == 400


def test_attacker_who_asks_for_personal_fields_by_name_gets_masks(office: Office) -> None:  # noqa: F811
    """`fields` says what is wanted, and never that it may go."""
    recipient = office.recipient()
    body = {**T3, "fields": ["number", "contact", "releaser"], "recipient": recipient}
    uid = office.agree(office.ask("/api/v1/traces/export", "POST", json=body))
    assert office.execute(uid).status_code == 200
    told = json.loads(open_age(office.ask(f"/api/v1/approvals/{uid}/file").data, IDENTITY))
    found = [row[name] for row in told["tables"]["records"] for name in ("contact", "releaser") if row.get(name) is not None]
    assert found
    assert all(isinstance(one, dict) and one["masked"] for one in found)


def test_attacker_who_calls_a_border_none_is_refused(office: Office) -> None:  # noqa: F811
    """A delivery abroad asked for as one at home, where less is asked."""
    abroad = office.recipient(country="DE")
    home = {"operation": "trace_export", "parameters": {"recipient": abroad}, "reason": "It is at home, more or less."}
    assert office.ask("/api/v1/approvals", "POST", json=home).status_code == 400
    said = {**T3, "recipient": abroad, "legal_basis": BASIS}
    assert office.ask("/api/v1/traces/export", "POST", json=said).status_code == 400
    for number in ("", " ", "\u3000"):
        assert office.ask("/api/v1/traces/export", "POST", json={**said, "authority_number": number}).status_code == 400
