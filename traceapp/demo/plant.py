"""The demo plant: from a seed number to the files that its systems would send. The same seed gives the same bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from traceapp.demo.books import FIRST_DAY, Books, write_form
from traceapp.demo.catalogue import (
    BOUGHT,
    COMPANY_PREFIX,
    CONSIGNEES,
    LYON,
    MACHINES,
    MADE,
    OPERATORS,
    SITES,
    SUPPLIERS,
    SUZHOU,
    TIME_ZONES,
    operator,
)
from traceapp.demo.implants import run_implants
from traceapp.demo.infusion import run_infusion
from traceapp.demo.oddities import tell_oddities
from traceapp.demo.partner_events import write_partner_events
from traceapp.demo.resin import FIRST_QUESTION, tell_resin
from traceapp.demo.shop_floor import ShopFloor

ORDER: Final = (
    "party",
    "product",
    "equipment",
    "operator",
    "receipt",
    "consumption",
    "process-step",
    "batch-record",
    "inspection",
    "release",
    "hold",
    "shipment",
    "return",
    "use",
    "disposal",
    "stock",
    "order",
)
CHINESE_RECEIPTS: Final = {
    "time": "收货时间",
    "supplier": "供应商",
    "product": "物料编码",
    "supplier_lot": "供应商批号",
    "receipt_number": "原材料批号",
    "quantity": "数量",
    "unit": "单位",
    "site": "生产地址",
    "expires": "有效期至",
    "time_zone": "时区",
}


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """files in the order in which they are imported; first_question is the printed number of the contaminated lot."""

    files: tuple[Path, ...]
    organisation: Path
    first_question: str


def write_demo(folder: Path, random_seed: int = 1) -> DemoFiles:
    """Write every file of the demo into `folder`, which is made where it is missing.

    random_seed  decides everything but the story of the resin lot and the oddities.
    """
    folder.mkdir(parents=True, exist_ok=True)
    books = Books()
    _tell_names(books)
    floor = ShopFloor(books, Random(random_seed))
    run_infusion(floor)
    run_implants(floor)
    tell_resin(books)
    tell_oddities(books)
    files = [_write(folder, place, form, books.rows) for place, form in enumerate(ORDER, start=1)]
    files.insert(ORDER.index("receipt") + 1, _write_chinese_receipts(folder, books.rows["receipt"]))
    events = folder / f"{len(ORDER) + 1:02}-distributor.json"
    write_partner_events(events)
    organisation = folder / "organisation.toml"
    write_organisation(organisation)
    return DemoFiles((*files, events), organisation, FIRST_QUESTION)


def write_organisation(path: Path) -> None:
    """Who the demo plant is: its sites, the prefix of its GTINs, its product lines."""
    lines = [f'"{product.code}" = "{product.line}"' for product in (*BOUGHT, *MADE)]
    sites = [f'{code} = "{name}"' for code, name in SITES.items()]
    text = "\n".join(
        (
            "# Who we are: lots of our owners and prefixes are batches, all others are material.",
            'name = "Demo Medical"',
            'country = "CN"',
            f'owners = ["{LYON}", "{SUZHOU}"]',
            f'company_prefixes = ["{COMPANY_PREFIX}"]',
            "",
            "[sites]",
            *sites,
            "",
            "[product_lines]",
            *lines,
        )
    )
    path.write_text(text + "\n", encoding="utf-8", newline="")


def _tell_names(books: Books) -> None:
    for party in (*SUPPLIERS, *CONSIGNEES):
        books.write(
            "party", FIRST_DAY, party=party.code, name=party.name, country=party.country, address=party.address, role=party.role
        )
    for product in (*BOUGHT, *MADE):
        owner = "" if product.code.isdigit() else product.owner or LYON
        books.write(
            "product",
            FIRST_DAY,
            owner=owner,
            product=product.code,
            name=f"{product.name} {product.name_zh}",
            registration_certificate=product.certificate,
            model=product.model,
            specification=product.specification,
            udi_di=product.code if product.certificate else None,
            risk_class=product.risk_class,
        )
    for place, machine in enumerate(MACHINES):
        for year in (2025, 2026):
            done = FIRST_DAY.replace(year=year, month=1, day=8 + place % 20)
            books.write(
                "equipment",
                done,
                site=machine.site,
                equipment=machine.code,
                name=machine.name,
                calibration_date=f"{done:%Y-%m-%d}",
                calibration_due=f"{done.replace(year=year + 1):%Y-%m-%d}",
            )
    for site, numbers in OPERATORS.items():
        for number in numbers:
            books.write("operator", FIRST_DAY, site=site, operator=operator(number), name=f"Operator {number:02}")


def _write(folder: Path, place: int, form: str, rows: Mapping[str, list[dict[str, str]]]) -> Path:
    path = folder / f"{place:02}-{form}.csv"
    chosen = rows[form]
    if form == "receipt":
        chosen = [row for row in chosen if row["site"] != SUZHOU]
    write_form(path, chosen)
    return path


def _write_chinese_receipts(folder: Path, rows: list[dict[str, str]]) -> Path:
    """The second site exports in its own language and its own time."""
    path = folder / "05-receipt-suzhou.csv"
    write_form(path, [_in_shanghai(row) for row in rows if row["site"] == SUZHOU], CHINESE_RECEIPTS)
    return path


def _in_shanghai(row: Mapping[str, str]) -> dict[str, str]:
    local = datetime.fromisoformat(row["time"]).astimezone(ZoneInfo(TIME_ZONES[SUZHOU]))
    return {**row, "time": f"{local:%Y-%m-%d %H:%M}", "time_zone": TIME_ZONES[SUZHOU]}
