"""Requests made from /openapi.json, right and wrong ones: no 5xx, no undeclared status, one shape for every refusal.

Few examples every day; `scripts/test --long` makes hundreds with several random seeds.
"""

from datetime import datetime
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from limits import parse, parse_many
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.effort import examples
from tests.web.conftest import Tokens, no_stations
from tests.web.plant import SLASHED
from traceapp.app import create_app
from traceapp.domain.rights import Role
from traceapp.web import limits, shares
from traceapp.web.inputs import FIRST_YEAR, LAST_YEAR
from traceapp.web.openapi import build_document

pytestmark = pytest.mark.one_store

EXAMPLES = examples(12, 300)
SEEDS = range(1, examples(1, 3) + 1)
EXACTLY_ONE = {"GET /api/v1/batches", "GET /api/v1/traces", "GET /api/v1/traces/export"}
AUDIT = "/api/v1/audit/"
KNOWN = ("B-1", "RM-1", "S-9", "TWICE", "HIDDEN-1", SLASHED)
DOCUMENT = build_document(create_app(no_stations, b"only to read the document of it."))
ACCEPTANCE = [positive_data_acceptance]
LABELS = sorted(
    f"{method.upper()} {path}" for path, item in DOCUMENT["paths"].items() for method in item if path.startswith("/api/")
)

moments = st.datetimes(
    min_value=datetime(FIRST_YEAR + 1, 1, 2),
    max_value=datetime(LAST_YEAR, 12, 30),
).map(lambda moment: moment.isoformat() + "Z")
schemathesis.openapi.format("date-time", moments)


ROLES = {
    AUDIT: Role.AUDITOR,
    "/api/v1/access-reviews": Role.AUDITOR,
    "/api/v1/accounts": Role.ADMIN,
    "/api/v1/alerts": Role.ADMIN,
    "/api/v1/approvals": Role.QUALITY,
    "/api/v1/changes": Role.QUALITY,
    "/api/v1/places": Role.QUALITY,
    "GET /api/v1/feeds": Role.ADMIN,
    "/api/v1/signatures": Role.AUDITOR,
    "POST /api/v1/feeds": Role.INTEGRATOR,
}
NEVER_BY_TOKEN = {
    "GET /api/v1/access-reviews/{uid}",
    "GET /api/v1/access-reviews/{uid}/sheet",
    "POST /api/v1/access-reviews/{uid}/decisions",
    "POST /api/v1/alerts/{uid}/acknowledgement",
    "POST /api/v1/alerts/rules/{rule}/silence",
    "POST /api/v1/approvals",
    "POST /api/v1/changes/{document}/comparison",
    "POST /api/v1/changes/{document}/proposals",
    "POST /api/v1/password",
    "POST /api/v1/places/comparison",
    "GET /api/v1/approvals/{uid}",
    "GET /api/v1/approvals/{uid}/file",
    "GET /api/v1/approvals/{uid}/signatures",
    "POST /api/v1/feeds/{name}/messages",
    "POST /api/v1/traces/export",
    "POST /api/v1/approvals/{uid}/value",
    "POST /api/v1/deliveries",
    "POST /api/v1/deliveries/export",
    "POST /api/v1/deliveries/{uid}/acknowledgement",
    "POST /api/v1/recipients",
    "POST /api/v1/recipients/{uid}/end",
    "POST /api/v1/searches/export",
    "POST /api/v1/audit/export",
    *(f"POST /api/v1/accounts/{{username}}/{act}" for act in ("leave", "return", "role", "suspend")),
    *(f"POST /api/v1/approvals/{{uid}}/{move}" for move in ("approve", "cancel", "deny", "execute", "sign", "withdraw")),
}
"""What takes a person, or two, or a signature, or a whole document, or is about something that only persons make."""


@pytest.fixture
def schema(app: Flask, filled: object, monkeypatch: pytest.MonkeyPatch) -> BaseSchema:
    """Read from the running application; wrong credentials are tried far more often than a stranger may."""
    monkeypatch.setattr(limits, "_REFUSALS", tuple(parse_many("1000000/minute")))
    for name in ("_REQUESTS", "_REFUSALS"):
        monkeypatch.setattr(shares, name, parse("1000000/minute"))
    loaded: BaseSchema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    return loaded


def operation_of(schema: BaseSchema, label: str) -> "APIOperation[Any, Any, Any, Any]":
    return next(found.ok() for found in schema.get_all_operations() if found.ok().label == label)


@pytest.mark.parametrize("random_seed", SEEDS)
@pytest.mark.parametrize("label", LABELS)
def test_the_api_keeps_its_document(label: str, random_seed: int, schema: BaseSchema, tokens: Tokens) -> None:
    operation = operation_of(schema, label)
    event_uid = known_event(schema, {"Authorization": tokens(Role.COORDINATOR)})
    role = next((role for place, role in ROLES.items() if place in label), Role.COORDINATOR)
    header = {"Authorization": tokens(role)}
    taken: set[int] = set()

    def explore(mode: GenerationMode) -> None:
        @seed(random_seed)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), known=st.sampled_from((*KNOWN, None)))
        def check(case: Case, known: str | None) -> None:
            if known is not None and mode is GenerationMode.POSITIVE:
                use_known(case, known, event_uid)
            reply = case.call_and_validate(headers=header, excluded_checks=ACCEPTANCE if more_than_a_schema_says(case) else [])
            taken.add(reply.status_code)

        check()

    explore(GenerationMode.POSITIVE)
    explore(GenerationMode.NEGATIVE)

    assert 400 in taken
    assert not {status for status in taken if status >= 500}
    assert (200 in taken) == (label not in NEVER_BY_TOKEN), f"{label} answered: {taken}"


def more_than_a_schema_says(case: Case) -> bool:
    """What cannot be said in OpenAPI 3.1: that exactly one of two parameters is wanted, or one at most, what makes a GS1 key
    right, that a window does not end before it begins, what an operation takes, which versions there are, what a user
    name is made of, and that a reason is no row of blanks."""
    if case.operation.label.startswith(
        (
            "POST /api/v1/accounts/",
            "POST /api/v1/access-reviews/",
            "POST /api/v1/approvals",
            "GET /api/v1/changes/{document}/versions/",
            "POST /api/v1/changes/",
            "POST /api/v1/places/",
            "POST /api/v1/alerts/rules/",
            "POST /api/v1/traces/export",
            "POST /api/v1/deliveries",
            "POST /api/v1/recipients",
            "POST /api/v1/searches/export",
            "POST /api/v1/audit/export",
        )
    ):
        return True
    found = case.body.get("seeds") if isinstance(case.body, dict) else None
    seeds = found if isinstance(found, list) else []
    window = case.body.get("window") if isinstance(case.body, dict) else case.query
    said = window.keys() if isinstance(window, dict) else set()
    windowed = {"event_time_from", "event_time_to"} <= said or {"since", "until"} <= said or {"number", "uid"} <= said
    return windowed or case.operation.label in EXACTLY_ONE or any(seed.get("epc") for seed in seeds if isinstance(seed, dict))


def known_event(schema: BaseSchema, header: dict[str, str]) -> str:
    app: Flask = schema.app
    shown = app.test_client().get("/api/v1/batches/CSV-1", headers=header).get_json()
    return str(shown["facts"][0]["event_uid"])


def use_known(case: Case, number: str, event_uid: str) -> None:
    """Ask about something that exists, so that answers are checked too and not only refusals."""
    if AUDIT in case.path:
        case.query = {}
        case.path_parameters |= {"seq": 1} if "seq" in case.path_parameters else {}
    elif "version" in case.path_parameters:
        case.path_parameters["version"] = 1
    elif "uid" in case.path_parameters and "/approvals/" not in case.path and "/access-reviews/" not in case.path:
        case.path_parameters["uid"] = event_uid
    elif "number" in case.path_parameters and number != SLASHED:
        case.path_parameters["number"] = number
        case.query = {}
    elif case.operation.label in EXACTLY_ONE:
        case.query = {"number": number}
    elif case.operation.label == "POST /api/v1/traces":
        case.body = {"seeds": [{"number": number}]}
