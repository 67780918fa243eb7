"""A stolen dump is mute: who copies every file but the keys finds no word that is confidential.

Every property of tier T2 and T3 is planted through the ordinary intake, asked for and shown; then every byte of store, ledger
and kept sources is searched. The search is shown to work by what is not confidential.
"""

import base64
import csv
import gzip
import io
import json
import secrets
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import MakeActor
from tests.disk_search import files_of, found
from tests.servers import StoreLeg
from traceapp.composition import terminal_actor
from traceapp.confidential.keys import SEALED_TIERS
from traceapp.dictionary.properties import read_dictionary
from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import BatchNotFoundError, PermissionDeniedError, SignInError
from traceapp.domain.identifiers import local_identity
from traceapp.domain.kinds import Direction, NodeKind
from traceapp.domain.rights import Actor, Role
from traceapp.domain.sessions import Client
from traceapp.domain.trace import Seed, TraceAnswer, TraceQuestion
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.intake.import_file import ImportReport, import_file
from traceapp.usecases.sessions.sign_in import sign_in
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

EVERYWHERE = frozenset({"*"})
CLIENT = Client("127.0.0.1", "a browser")
RUN = secrets.token_hex(8)


def planted(name: str) -> str:
    """A word that stands nowhere else, long enough that no engine packs it into bits of another alphabet."""
    return f"Geheim-{name}-{RUN}-{secrets.token_hex(12)}"


# Numbers and names that are confidential wherever they stand.
SUPPLIER, SUPPLIER_LOT, HOSPITAL, OPERATOR = map(planted, ("supplier", "supplier-lot", "hospital", "operator"))
SHIP_TO, RETURN_REASON, PASSWORD, WRONG_PASSWORD = map(planted, ("ship-to", "return-reason", "password", "wrong-password"))
PRINTED_NAME, USERNAME_TYPED, UNKNOWN_NUMBER, BAD_ROW = map(planted, ("printed-name", "typed", "unknown-number", "bad-row"))
SENSOR, EXTENSION, FOREIGN_LOT = planted("sensor"), planted("extension"), f"Geh{RUN}"
GLN, PLACE = "4012345000009", "4012345000016"

# Kind and property → what is planted. A new property of tier T2 or T3 wants a line here.
PLANTED: dict[str, str] = {
    **{
        f"{kind}.{name}": planted(f"{kind}-{name}")
        for kind, names in {
            "Material": ("certificate_number", "releaser", "hold_reason"),
            "Batch": (
                "environment",
                "key_processes",
                "special_processes",
                "process_parameters",
                "formulation",
                "deviation",
                "releaser",
                "hold_reason",
            ),
            "Unit": ("releaser", "hold_reason"),
            "Party": ("name", "address", "contact"),
            "Operator": ("name", "contact", "qualification"),
            "Inspection": ("value", "inspector"),
            "Disposal": ("witness",),
            "Transformation": ("process_parameters",),
        }.items()
        for name in names
    },
    "Batch.sterilisation_dose": f"27.{secrets.randbelow(10**12):012}",
    "Material.supplier_lot": SUPPLIER_LOT,
    # What a node is, in one text: made of the codes and numbers above.
    "Material.identity": SUPPLIER_LOT,
    "Party.identity": HOSPITAL,
    "Operator.identity": OPERATOR,
}
OTHERS = {
    "supplier": SUPPLIER,
    "place": SHIP_TO,
    "reason of a return": RETURN_REASON,
    "password": PASSWORD,
    "wrong password": WRONG_PASSWORD,
    "printed name": PRINTED_NAME,
    "user name that nobody has": USERNAME_TYPED,
    "number that nobody knows": UNKNOWN_NUMBER,
    "row that was refused": BAD_ROW,
    "sensor reading": SENSOR,
    "extension field": EXTENSION,
    "lot of another maker": FOREIGN_LOT,
    "GLN of a supplier": GLN,
    "GLN of a place": PLACE,
}

MORE = [planted(f"operator-{at}") for at in range(25)]
for at, code in enumerate(MORE):
    OTHERS |= {f"operator {at}": code, f"name of {at}": planted(f"name-{at}"), f"contact of {at}": planted(f"contact-{at}")}

TOLD = {"supplier"}
"""What docs/stolen-dump.md says that a dump tells all the same: a product code names who issued it, a supplier too."""

BATCH, UNIT, NCR, RECEIPT = (f"Offen-{name}-{RUN}-{secrets.token_hex(8)}" for name in ("batch", "unit", "ncr", "receipt"))
OPEN = {"number of a batch": BATCH, "number of a non-conformance report": NCR, "our own receipt number": RECEIPT}
"""Tier T1: in clear, and so found by the search."""

SHOWN = (
    "Batch.formulation",
    "Batch.sterilisation_dose",
    "Material.supplier_lot",
    "Material.hold_reason",
    "Unit.releaser",
    "Party.name",
    "Party.address",
)

LOT = {"owner": "LYON", "product": "PUMP", "number": BATCH}
PIECE = {"owner": "LYON", "product": "PUMP", "serial": UNIT}
MATERIAL = {"owner": SUPPLIER, "product": "RESIN", "number": SUPPLIER_LOT}
AT = {"time": "2026-03-01T08:00:00Z", "site": "LYON"}


def said(kind: str, *names: str) -> dict[str, str]:
    return {name: PLANTED[f"{kind}.{name}"] for name in names}


def rows() -> list[dict[str, str]]:
    amount = {"quantity": "7", "unit": "EA"}
    used = {"from_owner": SUPPLIER, "from_product": "RESIN", "from_number": SUPPLIER_LOT}
    made = {"to_owner": "LYON", "to_product": "PUMP", "to_number": BATCH, "order": "O-1"}
    processes = ("key_processes", "special_processes", "process_parameters", "sterilisation_dose")
    return [
        {
            "form": "receipt",
            "supplier": SUPPLIER,
            "product": "RESIN",
            "number": SUPPLIER_LOT,
            "receipt_number": RECEIPT,
            **AT,
        }
        | {"quantity": "500", "unit": "KGM"},
        {"form": "consumption", **used, **made, **AT, "quantity": "5", "unit": "KGM"},
        {"form": "process-step", "order": "O-1", "step": "moulding", "equipment": "M-1", "operator": OPERATOR, **AT}
        | said("Transformation", "process_parameters"),
        {"form": "inspection", **LOT, **AT, "result": "conditional", "inspection_number": "QC-1", "ncr_number": NCR}
        | said("Inspection", "value", "inspector"),
        *(
            {"form": "release", **thing, **AT, "stage": "production", **said(kind, "releaser")}
            for kind, thing in (("Material", MATERIAL), ("Batch", LOT), ("Unit", PIECE))
        ),
        *(
            {"form": "hold", **thing, **AT, "act": "placed", "reason": PLANTED[f"{kind}.hold_reason"]}
            for kind, thing in (("Material", MATERIAL), ("Batch", LOT), ("Unit", PIECE))
        ),
        {"form": "batch-record", **LOT, **AT} | said("Batch", "environment", "formulation", "deviation", *processes),
        {"form": "batch-record", **MATERIAL, **AT} | said("Material", "certificate_number"),
        {"form": "batch-record", **PIECE, "number": BATCH, **AT},
        {"form": "shipment", **LOT, **AT, **amount, "shipment": "SH-1", "consignee": HOSPITAL, "ship_to": SHIP_TO},
        {"form": "return", **LOT, **AT, **amount, "return_number": "R-1", "party": HOSPITAL, "reason": RETURN_REASON},
        {"form": "use", **LOT, **AT, **amount, "party": HOSPITAL},
        {"form": "order", **LOT, **AT, **amount, "order": "SO-1", "customer": HOSPITAL},
        {"form": "disposal", **LOT, **AT, **amount, "method": "incineration"} | said("Disposal", "witness"),
        {"form": "party", "party": HOSPITAL, "time": AT["time"]} | said("Party", "name", "address", "contact"),
        {"form": "operator", "operator": OPERATOR, **AT} | said("Operator", "name", "contact", "qualification"),
        *(
            {"form": "operator", "operator": code, **AT, "name": OTHERS[f"name of {at}"], "contact": OTHERS[f"contact of {at}"]}
            for at, code in enumerate(MORE)
        ),
        {"form": "release", **LOT, **AT, "stage": "market", "decision": BAD_ROW},
    ]


def csv_text() -> str:
    told = rows()
    text = io.StringIO()
    table = csv.DictWriter(text, list(dict.fromkeys(name for row in told for name in row)))
    table.writeheader()
    table.writerows(told)
    return text.getvalue()


def epcis_text() -> str:
    """A delivery of another maker's lot, with readings and fields of the sender's own."""
    event = {
        "type": "ObjectEvent",
        "eventID": "urn:uuid:95210000-d130-4000-8000-000000000001",
        "eventTime": "2026-03-01T08:00:00Z",
        "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE",
        "bizStep": "receiving",
        "quantityList": [{"epcClass": f"https://id.gs1.org/01/04012345000115/10/{FOREIGN_LOT}", "quantity": 5, "uom": "KGM"}],
        "sourceList": [{"type": "possessing_party", "source": f"https://id.gs1.org/417/{GLN}"}],
        "destinationList": [
            {"type": "possessing_party", "destination": "https://id.gs1.org/417/9521001000017"},
            {"type": "location", "destination": f"https://id.gs1.org/414/{PLACE}"},
        ],
        "sensorElementList": [{"sensorReport": [{"type": "Temperature", "value": 5.5, "uom": "CEL", "stringValue": SENSOR}]}],
        "ex:remark": EXTENSION,
    }
    document = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ex": "https://example.org/epcis/"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-01T09:00:00Z",
        "epcisBody": {"eventList": [event]},
    }
    return json.dumps(document, ensure_ascii=False)


def test_every_confidential_property_is_planted() -> None:
    dictionary = read_dictionary()
    wanted = {
        f"{kind}.{name}"
        for kind in NodeKind
        for name, entry in dictionary.entries(kind).items()
        if entry.tier in SEALED_TIERS and not entry.values
    }

    assert wanted == set(PLANTED)
    assert len(PLANTED) + len(OTHERS) >= 100
    assert len({*PLANTED.values(), *OTHERS.values()}) == len(PLANTED) - 1 + len(OTHERS), "each has a word of its own"


@pytest.fixture
def taken_in(stations: Stations, actor: MakeActor, tmp_path: Path) -> ImportReport:
    """Both files; the report of the first, which has the bad row."""
    reports = []
    for name, text in (("rows.csv", csv_text()), ("events.json", epcis_text())):
        (tmp_path / name).write_text(text, encoding="utf-8")
        reports.append(import_file(stations, actor(Role.INTEGRATOR), tmp_path / name, "ERP", lambda share: None))
    assert [(report.appended, report.rejected) for report in reports] == [(len(rows()) - 1, 1), (1, 0)]
    return reports[0]


def everything_is_asked(stations: Stations, actor: MakeActor, tmp_path: Path) -> str:
    """Looks, refusals, a sign-in, a token; returns what all of it told to those who may know it."""
    who = actor(Role.AUDITOR, factor=True)
    uids = [
        stations.sealer.uid(local_identity(*parts))
        for parts in (
            ("lot", "LYON", "PUMP", BATCH),
            ("unit", "LYON", "PUMP", UNIT),
            ("lot", SUPPLIER, "RESIN", SUPPLIER_LOT),
            ("party", HOSPITAL),
        )
    ]
    told: list[object] = [show_batch(stations, who, BatchQuery(uid=uid)).value for uid in uids]
    told += [look_up_batches(stations, who, BatchQuery(number=number)).value for number in (SUPPLIER_LOT, HOSPITAL, FOREIGN_LOT)]
    told += [traced(stations, who, Seed(number=number), way) for number in (SUPPLIER_LOT, BATCH) for way in Direction]
    told.append(traced(stations, who, Seed(epc=f"https://id.gs1.org/01/04012345000115/10/{FOREIGN_LOT}"), Direction.BOTH))
    for number in (UNKNOWN_NUMBER, "04012345000115/10/" + UNKNOWN_NUMBER):
        with pytest.raises(BatchNotFoundError):
            traced(stations, who, Seed(number=number), Direction.FORWARD)
        with pytest.raises(BatchNotFoundError):
            show_batch(stations, who, BatchQuery(number=number))
    with pytest.raises(PermissionDeniedError):
        import_file(stations, actor(Role.VIEWER), tmp_path / "rows.csv", "ERP", lambda share: None)
    with pytest.raises(PermissionDeniedError):
        traced(stations, actor(Role.ADMIN), Seed(number=SUPPLIER_LOT), Direction.FORWARD)
    admin = actor(Role.ADMIN)
    create_account(stations, admin, "rc-02", PASSWORD, PRINTED_NAME, Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    sign_in(stations, "rc-02", PASSWORD, CLIENT)
    for username, password in (("rc-02", WRONG_PASSWORD), (USERNAME_TYPED, WRONG_PASSWORD)):
        with pytest.raises(SignInError):
            sign_in(stations, username, password, CLIENT)
    token = issue_token(stations, terminal_actor(), TokenRequest(Role.VIEWER, EVERYWHERE, EVERYWHERE, "a test", 1)).value
    OTHERS["token"] = token
    return repr(told)


def traced(stations: Stations, who: Actor, seed: Seed, direction: Direction) -> TraceAnswer:
    return trace_batch(stations, who, TraceQuestion((seed,), direction)).value


def stored(leg: StoreLeg) -> bytes:
    """Every property of every node and link, as a database administrator reads them."""
    with leg.session() as session:
        nodes = [record["all"] for record in session.run("MATCH (n) RETURN properties(n) AS all")]
        links = [record["all"] for record in session.run("MATCH ()-[r]->() RETURN properties(r) AS all")]
    values = [value for one in nodes + links for value in one.values()]
    return b"\n".join(value if isinstance(value, bytes | bytearray) else str(value).encode() for value in values)


def test_promise_a_stolen_dump_is_mute(
    stations: Stations, empty_leg: StoreLeg, actor: MakeActor, tmp_path: Path, taken_in: ImportReport
) -> None:
    told = everything_is_asked(stations, actor, tmp_path)
    home = stations.settings.home
    secret = {**PLANTED, **OTHERS}
    rejects = taken_in.rejects_file
    assert rejects is not None

    read = stored(empty_leg)
    assert empty_leg.server is not None
    with empty_leg.server.at_rest() as folder:
        in_store = found(secret, files_of(folder), RUN)
        open_in_store = found(OPEN, files_of(folder), RUN)
    in_home = found(secret, [path for path in files_of(home) if path != rejects], RUN)

    as_read = {name for name, word in secret.items() if word.encode() in read}
    assert in_home == {}
    assert (set(in_store) - TOLD, as_read - TOLD) == (set(), set())
    assert open_in_store.keys() == OPEN.keys(), "the search finds what is in clear"
    shown = ("Batch.formulation", "Batch.sterilisation_dose", "Material.supplier_lot", "Material.hold_reason", "Unit.releaser")
    assert [name for name in (*shown, "Party.name", "Party.address") if PLANTED[name] not in told] == [], (
        "it was there to be told"
    )
    assert found({"ledger": BATCH}, files_of(home / "ledger")), "a number of ours stands in the record of a look"
    # What was refused goes back to its sender in clear: to the owner of the home alone, away from store and ledger.
    assert BAD_ROW in rejects.read_text(encoding="utf-8-sig")
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    assert stat.S_IMODE(rejects.parent.stat().st_mode) == 0o700
    assert rejects.parent == home / "rejects"


PACKED: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda word: word.encode(),
    "UTF-16, little end first": lambda word: word.encode("utf-16-le"),
    "UTF-16, big end first": lambda word: word.encode("utf-16-be"),
    "hex": lambda word: word.encode().hex().encode(),
    "hex of UTF-16 in capitals": lambda word: word.encode("utf-16-le").hex().upper().encode(),
    "base64": lambda word: base64.b64encode(word.encode()),
    "base64 amid other text": lambda word: base64.b64encode(b"name=" + word.encode() + b";"),
    "base64 for addresses": lambda word: base64.urlsafe_b64encode(b"??>>" + word.encode() + b"??>>"),
    "zlib": lambda word: b"\x00" + zlib.compress(word.encode()) + b"\x00",
}


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
def test_the_search_finds_a_word_in_every_form(pack: Callable[[str], bytes], tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(bytes(1000) + pack("a planted word") + bytes(1000))

    assert found({"word": "a planted word", "other": "another word"}, files_of(tmp_path)) == {"word": "page"}


@pytest.mark.parametrize("form", ["gzip", "zip"])
def test_the_search_finds_a_word_in_an_archive(form: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    archive = tmp_path / "in" / "archive"
    if form == "gzip":
        archive.write_bytes(b"before" + gzip.compress(b"x" * 5000 + b"a planted word"))
    else:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("name.txt", "x" * 5000 + "a planted word")

    assert found({"word": "a planted word"}, files_of(tmp_path / "in")) == {"word": "archive"}
