"""What things are called: the forms `party`, `product`, `equipment` and `operator`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import EventType, NodeKind
from traceapp.intake.csv_columns import Column, Form, both, site_column, time_column
from traceapp.intake.csv_property_columns import properties_of, property_columns
from traceapp.intake.csv_rows import Row, Told

CODES: Final = frozenset({"identity", "number"})
"""Properties that repeat the identity: said by the first column."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What a form is called in Chinese, and one sentence on it in each language."""

    zh: str
    says: str
    says_zh: str


def _form(kind: NodeKind, words: _Words, columns: tuple[Column, ...], identity: Callable[[Row], Identity]) -> Form:
    """A form that says what a thing of a kind is called, by the dictionary in force.

    columns  that tell which one it is, as `identity` reads them.
    """

    def read(row: Row) -> Told:
        told = Told()
        scope = row.scope(None) if row.text("site") is not None else None
        told.state(identity(row), kind, scope=scope, properties=properties_of(row, kind, CODES))
        return told

    since = time_column("生效时间", "since when it holds", "生效时间", "valid_from")
    told = both(*columns, since, *property_columns(kind, leave_out=CODES))
    return Form(kind.value.lower(), words.zh, words.says, words.says_zh, EventType.MASTER_DATA, told, read)


def party_form() -> Form:
    return _form(
        NodeKind.PARTY,
        _Words("往来单位", "Name and address of a supplier, customer or consignee.", "供应商、客户或收货单位的名称与地址。"),
        (Column("party", "单位代码", "code or GLN, as the other forms use it", "代码或 GLN，与其他表格一致", required=True),),
        lambda row: row.party("party"),
    )


def product_form() -> Form:
    return _form(
        NodeKind.PRODUCT,
        _Words("产品", "What a product is.", "产品的说明。"),
        (
            Column("owner", "编号签发方", "who issued the product code; may be empty for a GTIN", "产品编码签发方；GTIN 时可空"),
            Column("product", "产品编码", "product code, or GTIN in 14 digits", "产品编码，或 14 位 GTIN", required=True),
        ),
        lambda row: row.product("product"),
    )


def equipment_form() -> Form:
    return _form(
        NodeKind.EQUIPMENT,
        _Words("设备", "A machine or tool, and its calibration.", "设备或工装及其校准。"),
        (
            Column("equipment", "设备编号", "number of the machine or tool", "设备或工装编号", required=True),
            site_column("site where it stands", "所在的生产地址代码"),
        ),
        lambda row: row.issued("equipment", "site", number="equipment"),
    )


def operator_form() -> Form:
    return _form(
        NodeKind.OPERATOR,
        _Words("操作人员", "An operator, by number.", "操作人员（按编号）。"),
        (
            Column("operator", "操作人员编号", "number of the operator", "操作人员编号", required=True),
            site_column("site where the operator works", "所在的生产地址代码"),
        ),
        lambda row: row.issued("operator", "site", number="operator"),
    )
