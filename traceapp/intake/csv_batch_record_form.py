"""The form `batch-record`: what is known of a lot or unit as such, and which lot it was split from."""

from functools import partial
from typing import Final

from traceapp.domain.errors import InputError
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.intake.csv_columns import Column, Form, both, lot_columns, quantity_columns, site_column, time_column
from traceapp.intake.csv_material_forms import tell_batch_of
from traceapp.intake.csv_property_columns import properties_of, property_columns, refuse_others
from traceapp.intake.csv_rows import Row, Told, flow

KINDS: Final = (NodeKind.BATCH, NodeKind.MATERIAL, NodeKind.UNIT)
TOLD_ELSEWHERE: Final = frozenset(
    {
        "identity",
        "number",
        "supplier_lot",
        "inspection_result",
        "release_stage",
        "release_decision",
        "releaser",
        "hold",
        "hold_number",
        "hold_reason",
    }
)
"""Names that other columns or other forms say: a verdict needs its own row, with its own time."""


def read_batch_record(properties: tuple[Column, ...], row: Row) -> Told:
    """properties  the columns that are properties of the dictionary in force."""
    told = Told()
    lot = row.lot()
    refuse_others(row, lot.kind, properties)
    told.state(lot.identity, lot.kind, scope=row.scope(lot.product), properties=properties_of(row, lot.kind, TOLD_ELSEWHERE))
    product = told.state(row.product("product"), NodeKind.PRODUCT, described=False)
    told.link(flow(LinkType.IS_A, lot.identity, product, row))
    tell_batch_of(told, lot, row)
    amount = row.amount()
    if row.text("split_from") is None and amount != (None, None):
        raise InputError("split_from: wanted the lot that this quantity was split from, found nothing")
    if row.text("split_from") is not None:
        if lot.kind is NodeKind.UNIT:
            raise InputError("split_from: wanted a lot that was split off, found a unit; its lot goes into number")
        whole = row.sibling(lot, row.wanted("split_from"))
        told.state(whole.identity, whole.kind, described=False, scope=row.scope(whole.product))
        told.link(flow(LinkType.SPLIT_INTO, whole.identity, lot.identity, row, amount))
    return told


def batch_record_form() -> Form:
    """By the dictionary in force."""
    properties = property_columns(*KINDS, leave_out=TOLD_ELSEWHERE)
    return Form(
        "batch-record",
        "批记录",
        "What is known of a lot or unit. A later row replaces what an earlier one said of the same property.",
        "批次或单个产品的记录。较晚的行替代较早的行对同一属性的说明。",
        EventType.BATCH_RECORD,
        both(
            *lot_columns(),
            time_column("记录生效时间", "when what it says began to hold", "所述内容的生效时间"),
            site_column(),
            Column(
                "split_from",
                "拆分自批号",
                "number of the lot, of the same product, that this one was split from",
                "本批次由同一产品的哪一批号拆分而来",
            ),
            *quantity_columns(False, "split off", "拆分"),
            *properties,
        ),
        partial(read_batch_record, properties),
    )
