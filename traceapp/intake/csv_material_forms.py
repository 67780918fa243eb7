"""Material in and material used: the forms `receipt` and `consumption`."""

from traceapp.domain.identifiers import Identity, local_identity, unnamed_identity
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.intake.csv_columns import Column, Form, both, lot_columns, quantity_columns, site_column, time_column
from traceapp.intake.csv_rows import Lot, Row, Told, flow


def read_receipt(row: Row) -> Told:
    told = Told()
    lot = row.lot(number="supplier_lot")
    receipt_number = row.text("receipt_number")
    properties = {
        "supplier_lot": lot.identity.number if lot.kind is NodeKind.MATERIAL else None,
        "production_date": row.moment("produced"),
        "expiry_date": row.moment("expires"),
    }
    told.state(lot.identity, lot.kind, scope=row.scope(lot.product, "supplier"), properties=properties)
    supplier = told.state(row.party("supplier"), NodeKind.PARTY, described=False)
    told.link(flow(LinkType.SUPPLIED, supplier, lot.identity, row, row.amount(), receipt_number=receipt_number))
    tell_batch_of(told, lot, row, "supplier")
    told.receipt_number = receipt_number
    return told


def read_consumption(row: Row) -> Told:
    told = Told()
    used, made = row.lot("from_"), row.lot("to_")
    scope = row.scope(made.product, "to_owner")
    step, pair = row.text("step"), row.text("pair")
    told.state(used.identity, used.kind, described=False, scope=row.scope(used.product, "to_owner"))
    told.state(made.identity, made.kind, scope=scope)
    done = told.state(transformation(row, made), NodeKind.TRANSFORMATION, scope=scope, properties={"step": step})
    told.link(flow(LinkType.CONSUMED_IN, used.identity, done, row, row.amount(), step=step, pair=pair))
    told.link(flow(LinkType.PRODUCED, done, made.identity, row, row.amount("to_"), step=step, pair=pair))
    tell_batch_of(told, made, row, "to_owner")
    return told


def transformation(row: Row, made: Lot) -> Identity:
    """The order where one is named; else one transformation per produced lot, so that its links are exact.

    A supplier's lot number is confidential: what only such a lot names has no number of its own.
    """
    if row.text("order") is not None:
        return row.issued("transformation", "site", "to_owner", number="order")
    parts = made.identity.parts
    if made.kind is NodeKind.MATERIAL:
        return unnamed_identity("transformation", *parts)
    return local_identity("transformation", *(parts[1:] if parts[0] == "lot" else parts))


def tell_batch_of(told: Told, unit: Lot, row: Row, owner_column: str = "owner") -> None:
    """The lot that a serialised unit belongs to, where the row names it."""
    if unit.batch is None or unit.kind is not NodeKind.UNIT:
        return
    told.state(unit.batch.identity, unit.batch.kind, described=False, scope=row.scope(unit.product, owner_column))
    told.link(flow(LinkType.SERIALISED_AS, unit.batch.identity, unit.identity, row))


RECEIPT = Form(
    "receipt",
    "收货",
    "A lot came in from a supplier.",
    "从供应商收到一个批次。",
    EventType.RECEIPT,
    both(
        Column("supplier", "供应商", "code or GLN of the supplier", "供应商代码或 GLN", required=True),
        Column(
            "owner",
            "编号签发方",
            "who issued the lot number, where that is not the supplier",
            "批号签发方，不同于供应商时填写",
        ),
        Column(
            "product",
            "物料编码",
            "product code of the supplier, or GTIN in 14 digits",
            "物料编码，或 14 位 GTIN",
            True,
            aliases=("产品编码",),
        ),
        Column(
            "supplier_lot",
            "供应商批号",
            "number of the lot as the supplier printed it",
            "供应商印刷的批号",
            required=True,
            instead="serial",
            aliases=("number", "批号"),
        ),
        Column("serial", "序列号", "serial number, where a single unit came in", "单个产品的序列号"),
        Column(
            "receipt_number",
            "原材料批号",
            "our own number for what came in",
            "本方给所收批次的编号",
            aliases=("收货编号", "收货单号"),
        ),
        *quantity_columns(True, "received", "所收"),
        time_column("收货时间", "when it came in", "收货时间", "received_at"),
        site_column("site that received it", "收货的生产地址代码"),
        Column("produced", "生产日期", "when the supplier made it", "供应商的生产日期"),
        Column("expires", "有效期至", "when it expires", "有效期至"),
    ),
    read_receipt,
)

CONSUMPTION = Form(
    "consumption",
    "投料",
    "A lot went into another: one row per pair of input and output. Rows of one order are one transformation; "
    "without an order each produced lot is a transformation of its own.",
    "一个批次投入另一批次：每对投入与产出一行。同一工单的各行属于同一次加工；不填工单时每个产出批次各为一次加工。",
    EventType.CONSUMPTION,
    both(
        *lot_columns(prefix="from_", zh="投入", of="what was used", of_zh="投入批次"),
        *lot_columns(prefix="to_", zh="产出", of="what was made", of_zh="产出批次"),
        *quantity_columns(False, "used, the rows of an order adding up", "投入（同一工单各行相加）"),
        *quantity_columns(False, "made, the rows of an order adding up", "产出（同一工单各行相加）", prefix="to_", zh="产出"),
        time_column("投料时间", "when it went in", "投料时间", "consumed_at"),
        site_column(),
        Column("order", "生产工单", "number of the order, mixing or load", "生产工单、配料或装载编号", aliases=("order_number",)),
        Column(
            "pair",
            "配对号",
            "inputs and outputs of one order that carry the same pair belong together, and to no others",
            "同一工单中配对号相同的投入与产出相互对应",
        ),
        Column("step", "工序", "step of the process", "工序名称"),
    ),
    read_consumption,
)
