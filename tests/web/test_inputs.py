"""What is taken and what is refused, with every wrong field at once."""

import json
from datetime import UTC, datetime

import pytest
from flask import Flask
from werkzeug.exceptions import UnsupportedMediaType

from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import IdentifierError, InputError
from traceapp.domain.kinds import Direction, NodeKind
from traceapp.domain.trace import Seed, TraceQuestion, Window
from traceapp.web.inputs import MAX_SEEDS, BatchSearchInput, TraceBody, TraceSearchInput
from traceapp.web.reading import read_body, read_query

pytestmark = pytest.mark.one_store

UID = "0123456789abcdef" * 2
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
bare = Flask("bare")


def batch_query(query: str) -> BatchQuery:
    with bare.test_request_context(f"/?{query}"):
        return read_query(BatchSearchInput).search()


def trace_question(query: str) -> TraceQuestion:
    with bare.test_request_context(f"/?{query}"):
        return read_query(TraceSearchInput).search()


def body_question(body: bytes | str, content_type: str = "application/json") -> TraceQuestion:
    with bare.test_request_context("/", method="POST", data=body, content_type=content_type):
        return read_body(TraceBody).question()


def wrong_fields(error: InputError) -> set[str]:
    return {field for field, _ in error.fields}


def test_a_query_becomes_a_batch_query() -> None:
    asked = batch_query("number=A%2FB+1&product=P&site=LYON&kind=Batch&as_of=2026-03-02T13:00:00%2B01:00")

    assert asked == BatchQuery("A/B 1", None, "P", "LYON", NodeKind.BATCH, NOON)


def test_a_query_becomes_a_question() -> None:
    asked = trace_question(
        "epc=01/09521001000014/10/A1&direction=both&at=2026-03-02T12:00:00Z&event_time_from=2026-03-02t12:00:00.000z"
    )

    seed = Seed(epc="01/09521001000014/10/A1")
    assert asked == TraceQuestion((seed,), Direction.BOTH, None, NOON, Window(NOON, None))


def test_a_body_becomes_a_question() -> None:
    body = {
        "seeds": [{"number": "批号１", "site": "LYON"}, {"uid": UID, "number": None}, {"epc": "00/095210010000000017"}],
        "direction": "backward",
        "as_of": "2026-03-02T12:00:00Z",
        "window": {"event_time_to": "2026-03-02T12:00:00.1234567Z"},
    }

    asked = body_question(json.dumps(body))

    assert asked == TraceQuestion(
        (Seed(number="批号１", site="LYON"), Seed(uid=UID), Seed(epc="00/095210010000000017")),
        Direction.BACKWARD,
        NOON,
        None,
        Window(None, NOON.replace(microsecond=123456)),
    )


WRONG_QUERIES = {
    "nothing": ("", {"address"}),
    "two ways to say it": (f"number=A&uid={UID}", {"address"}),
    "unknown": ("number=A&colour=red", {"colour"}),
    "twice": ("number=A&number=A", {"number"}),
    "twice, unknown too": ("number=A&x=1&x=2", {"x"}),
    "empty": ("number=", {"number"}),
    "control character": ("number=A%00", {"number"}),
    "too long": (f"number={'A' * 201}", {"number"}),
    "no uid": ("uid=ABC", {"uid"}),
    "all at once": ("number=A&kind=Cow&as_of=yesterday&site=", {"kind", "as_of", "site"}),
    "no zone": ("number=A&as_of=2026-03-02T12:00:00", {"as_of"}),
    "plus that became a blank": ("number=A&as_of=2026-03-02T12:00:00+01:00", {"as_of"}),
    "seconds since 1970": ("number=A&as_of=1772452800", {"as_of"}),
    "day alone": ("number=A&as_of=2026-03-02", {"as_of"}),
    "no such day": ("number=A&as_of=2026-02-30T12:00:00Z", {"as_of"}),
    "year one": ("number=A&as_of=0001-01-01T00:00:00%2B14:00", {"as_of"}),
    "far future": ("number=A&as_of=9999-12-31T23:59:59-14:00", {"as_of"}),
    "full-width digits in a moment": ("number=A&as_of=２０２６-03-02T12:00:00Z", {"as_of"}),
}


@pytest.mark.parametrize(("query", "wrong"), WRONG_QUERIES.values(), ids=WRONG_QUERIES)
def test_a_wrong_query_names_every_wrong_field(query: str, wrong: set[str]) -> None:
    with pytest.raises(InputError) as caught:
        batch_query(query)

    assert wrong_fields(caught.value) == wrong


WRONG_BODIES: dict[str, tuple[bytes, set[str]]] = {
    "empty": (b"", {"body"}),
    "cut in half": (b'{"seeds": [{"number": "A"}', {"body"}),
    "no object": (b"[]", {"body"}),
    "null": (b"null", {"body"}),
    "no UTF-8": (b'{"seeds": [{"number": "\xff"}]}', {"body"}),
    "UTF-16": ('{"seeds": [{"number": "A"}]}'.encode("utf-16"), {"body"}),
    "lone surrogate": (b'{"seeds": [{"number": "\\ud800"}]}', {"body"}),
    "not a number of JSON": (b'{"seeds": NaN}', {"body"}),
    "endless digits": (b'{"seeds": ' + b"9" * 10_000 + b"}", {"body"}),
    "endless depth": (b"[" * 200_000, {"body"}),
    "a member twice": (b'{"seeds": [{"number": "A", "number": "B"}]}', {"number"}),
    "no seed": (b'{"seeds": []}', {"seeds"}),
    "seeds missing": (b"{}", {"seeds"}),
    "a number that is none": (b'{"seeds": [{"number": 7}]}', {"seeds.0.number"}),
    "all at once": (
        b'{"seeds": [{"number": "A", "x": 1}, {}, {"uid": "b"}], "direction": "up", "window": {"from": null}, "budget": 1}',
        {"seeds.0.x", "seeds.1", "seeds.2.uid", "direction", "window.from", "budget"},
    ),
    "a moment in seconds": (b'{"seeds": [{"number": "A"}], "as_of": 1772452800}', {"as_of"}),
    "too many": (json.dumps({"seeds": [{"number": "A"}] * (MAX_SEEDS + 1)}).encode(), {"seeds"}),
}


@pytest.mark.parametrize(("body", "wrong"), WRONG_BODIES.values(), ids=WRONG_BODIES)
def test_a_wrong_body_names_every_wrong_field(body: bytes, wrong: set[str]) -> None:
    with pytest.raises(InputError) as caught:
        body_question(body)

    assert wrong_fields(caught.value) == wrong


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_a_body_of_another_kind_is_refused(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        body_question('{"seeds": [{"number": "A"}]}', content_type)


def test_a_key_that_breaks_its_standard_is_named_by_its_field() -> None:
    with pytest.raises(IdentifierError) as in_query:
        trace_question("epc=01/0952/10/A1")
    with pytest.raises(IdentifierError) as in_body:
        body_question(json.dumps({"seeds": [{"epc": "01/1"}, {"number": "A"}, {"epc": "urn:epc:id:sgtin:1"}]}))

    assert wrong_fields(in_query.value) == {"epc"}
    assert wrong_fields(in_body.value) == {"seeds.0.epc", "seeds.2.epc"}


def test_a_refusal_repeats_no_value() -> None:
    with pytest.raises(InputError) as caught:
        batch_query("number=planted%00secret&kind=planted-secret&as_of=planted-secret")

    assert "planted" not in str(caught.value)


def test_a_window_that_ends_before_it_begins_is_refused_at_its_end() -> None:
    told = "event_time_from=2026-06-01T00:00:00Z&event_time_to=2026-01-01T00:00:00Z"
    with pytest.raises(InputError) as refused:
        trace_question(f"number=A&{told}")
    assert wrong_fields(refused.value) == {"event_time_to"}

    window = {"event_time_from": "2026-06-01T00:00:00Z", "event_time_to": "2026-01-01T00:00:00Z"}
    with pytest.raises(InputError) as refused:
        body_question(json.dumps({"seeds": [{"number": "A"}], "window": window}))
    assert wrong_fields(refused.value) == {"window.event_time_to"}
