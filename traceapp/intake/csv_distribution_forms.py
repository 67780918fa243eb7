"""Where lots lie, go and come back from: `stock`, `order`, `shipment`, `return`, `use` and `disposal`."""

from dataclasses import replace
from typing import Final

from traceapp.domain.errors import InputError
from traceapp.domain.identifiers import Identity, gs1_identity, local_identity
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.intake.csv_columns import Column, Form, both, lot_columns, quantity_columns, site_column, time_column
from traceapp.intake.csv_material_forms import tell_batch_of
from traceapp.intake.csv_rows import Lot, Row, Told, flow, is_key

REPORTS: Final = {"despatch": "发货方", "receipt": "收货方"}
USES: Final = {"used": "使用", "implanted": "植入"}
STATUSES: Final = {"available": "可用", "quarantined": "待验", "rejected": "不合格品隔离"}
SSCC_DIGITS: Final = 18


def read_stock(row: Row) -> Told:
    told = Told()
    lot = _mention(told, row)
    place = row.issued("location", "site", "owner", number="location")
    told.state(place, NodeKind.LOCATION, described=False, scope=row.scope(None), properties={"status": row.choice("status")})
    told.link(flow(LinkType.STOCKED_AT, lot.identity, place, row, row.amount()))
    return told


def read_order(row: Row) -> Told:
    told = Told()
    lot = _mention(told, row)
    order = row.issued("order", "site", "owner", number="order")
    due = row.moment("due_date")
    told.state(order, NodeKind.ORDER, scope=row.scope(lot.product), properties={"due_date": due})
    customer = told.state(row.party("customer"), NodeKind.PARTY, described=False)
    told.link(flow(LinkType.ALLOCATED_TO, lot.identity, order, row, row.amount()))
    told.link(flow(LinkType.ORDERED_BY, order, customer, row))
    return told


def read_shipment(row: Row) -> Told:
    told = Told()
    shipment = row.issued("shipment", "shipper", "site", "owner", number="shipment")
    properties = {"carrier": row.text("carrier")}
    told.state(shipment, NodeKind.SHIPMENT, scope=row.scope(row.text("product")), properties=properties)
    report = row.choice("report") or "despatch"
    for carried in _carried(told, row, shipment):
        told.link(flow(LinkType.SHIPPED_IN, carried, shipment, row, row.amount(), report=report))
    consignee = told.state(row.party("consignee"), NodeKind.PARTY, described=False)
    place = row.place("ship_to")
    if place is not None:
        told.state(place, NodeKind.PARTY, described=False)
    told.link(replace(flow(LinkType.DELIVERED_TO, shipment, consignee, row, report=report), place=place))
    return told


def _carried(told: Told, row: Row, shipment: Identity) -> list[Identity]:
    """The lot, unit or logistic unit on board; a forwarded shipment need not name any."""
    if row.text("forwarded_from") is not None:
        before = row.issued("shipment", "forwarded_shipper", "site", "owner", number="forwarded_from")
        told.state(before, NodeKind.SHIPMENT, described=False)
        told.link(flow(LinkType.FORWARDED_IN, before, shipment, row))
    if row.text("sscc") is not None:
        if row.text("product") is not None:
            raise InputError("sscc: wanted a lot or a logistic unit, found both in one row")
        return [told.state(_sscc(row.wanted("sscc")), NodeKind.CONTAINER, scope=row.scope(None))]
    if row.text("product") is None and row.text("forwarded_from") is not None:
        return []
    lot = _mention(told, row)
    tell_batch_of(told, lot, row)
    return [lot.identity]


def _sscc(digits: str) -> Identity:
    if not is_key(digits, SSCC_DIGITS):
        raise InputError(f"sscc: wanted 18 digits with their check digit, found {digits!r}")
    return gs1_identity("00", digits)


def read_return(row: Row) -> Told:
    """A returned part lot that goes back to stock becomes a sublot; a unit stays itself."""
    told = Told()
    lot = _mention(told, row, complaint_number=row.text("complaint_number"))
    issuer = row.text("site") or row.text("owner")
    if issuer is None:
        raise InputError("site: wanted who issued the return_number, found nothing")
    back = local_identity("shipment", row.organisation.locations.get(issuer, issuer), "return", row.wanted("return_number"))
    told.state(back, NodeKind.SHIPMENT, scope=row.scope(lot.product))
    sender = told.state(row.party("party"), NodeKind.PARTY, described=False)
    told.link(flow(LinkType.SENT_BACK, sender, back, row))
    restocked = row.text("restocked_as")
    if restocked is not None and lot.kind is NodeKind.UNIT:
        raise InputError("restocked_as: wanted nothing, since a unit keeps its number")
    if restocked is None:
        told.link(flow(LinkType.RETURNED, back, lot.identity, row, row.amount()))
        return told
    sublot = row.sibling(lot, restocked)
    told.state(sublot.identity, sublot.kind, scope=row.scope(lot.product))
    told.link(flow(LinkType.RETURNED, back, sublot.identity, row, row.amount()))
    told.link(flow(LinkType.SPLIT_INTO, lot.identity, sublot.identity, row, row.amount()))
    return told


def read_use(row: Row) -> Told:
    told = Told()
    lot = _mention(told, row)
    user = told.state(row.party("party"), NodeKind.PARTY, described=False)
    told.link(flow(LinkType.USED_AT, lot.identity, user, row, row.amount(), role=row.choice("kind")))
    return told


def read_disposal(row: Row) -> Told:
    told = Told()
    lot = _mention(told, row)
    disposal = row.issued("disposal", "site", "owner", number="disposal_number")
    properties = {"method": row.text("method"), "witness": row.text("witness")}
    told.state(disposal, NodeKind.DISPOSAL, scope=row.scope(lot.product), properties=properties)
    told.link(flow(LinkType.DISPOSED_IN, lot.identity, disposal, row, row.amount()))
    return told


def _mention(told: Told, row: Row, **properties: str | None) -> Lot:
    lot = row.lot()
    told.state(lot.identity, lot.kind, described=False, scope=row.scope(lot.product), properties=properties)
    return lot


STOCK = Form(
    "stock",
    "库存",
    "So much of a lot lay at a location at a time.",
    "某时刻某库位存有某批次若干。",
    EventType.STOCK,
    both(
        *lot_columns(),
        Column("location", "库位", "code of the place", "库位代码", required=True),
        Column("status", "库存状态", "what the place is for", "库位的用途", choices=STATUSES),
        *quantity_columns(True, "there", "所存"),
        time_column("盘点时间", "when it was counted", "盘点时间", "counted_at"),
        site_column("site of the place", "库位所在的生产地址代码"),
    ),
    read_stock,
)

ORDER = Form(
    "order",
    "未交订单",
    "A lot is allocated to a customer's open order.",
    "某批次已分配给客户的未交订单。",
    EventType.ORDER,
    both(
        *lot_columns(),
        Column("order", "订单号", "number of the order", "订单号", required=True, aliases=("order_number",)),
        Column("due_date", "交货日期", "when it is due", "应交日期"),
        Column("customer", "客户", "code or GLN of who ordered", "订货方代码或 GLN", required=True),
        *quantity_columns(True, "allocated", "所分配"),
        time_column("分配时间", "when it was allocated", "分配时间", "allocated_at"),
        site_column(),
    ),
    read_order,
)

SHIPMENT = Form(
    "shipment",
    "发货",
    "A lot, unit or logistic unit went out. One shipment may have many rows; its receiver may report it again.",
    "批次、单个产品或物流单元的发出。一次发货可有多行；收货方可再次报告。",
    EventType.SHIPMENT,
    both(
        *lot_columns(required=False),
        Column("sscc", "物流单元", "SSCC of a logistic unit, where it is shipped as a whole", "整体发运的物流单元 SSCC"),
        Column("shipment", "发货单号", "number of the despatch advice", "发货单号", required=True),
        Column("consignee", "收货单位", "code or GLN of who gets it", "收货单位代码或 GLN", required=True),
        Column("carrier", "承运方", "who carries it", "承运方"),
        Column("ship_to", "送货地点", "where it is brought", "送达地点"),
        *quantity_columns(False, "shipped", "所发"),
        time_column(
            "发货时间", "when it left, or came in where the receiver reports", "发出时间；收货方报告时为到货时间", "shipped_at"
        ),
        Column("report", "报告方", "who says so; `despatch` where it is empty", "由谁报告；空则为发货方", choices=REPORTS),
        Column(
            "shipper",
            "发货方",
            "who issued the despatch advice; the site, else the issuer of the lot's number, where it is empty",
            "签发发货单者；空则取生产地址，再取批号签发方",
        ),
        Column(
            "forwarded_from",
            "原发货单号",
            "shipment that went on as this one, where no lot is told",
            "转发自哪一发货单（未说明批次时）",
        ),
        Column("forwarded_shipper", "原发货方", "who issued that one", "原发货单的签发者"),
        site_column("site that it left", "发出的生产地址代码"),
    ),
    read_shipment,
)

RETURN = Form(
    "return",
    "退货",
    "A lot or unit came back.",
    "批次或单个产品的退回。",
    EventType.RETURN,
    both(
        *lot_columns(),
        Column("return_number", "退货单号", "number of the return", "退货单号", required=True),
        Column("party", "退货单位", "code or GLN of who sent it back", "退货单位代码或 GLN", required=True),
        *quantity_columns(True, "returned", "所退"),
        Column("restocked_as", "重新入库批号", "number of the sublot under which it lies in stock again", "重新入库所用的子批号"),
        Column("reason", "退货原因", "why", "原因"),
        Column("complaint_number", "投诉编号", "number of the complaint", "投诉编号"),
        time_column("退货时间", "when it came back", "退回时间", "returned_at"),
        site_column("site that took it back", "收回的生产地址代码"),
    ),
    read_return,
)

USE = Form(
    "use",
    "使用",
    "A lot or unit was used up or implanted. Nothing about a patient belongs here.",
    "产品已使用或植入。不得填写任何患者信息。",
    EventType.USE,
    both(
        *lot_columns(),
        Column("party", "使用单位", "code or GLN of who used it", "使用单位代码或 GLN", required=True),
        Column("kind", "使用方式", "used or implanted", "使用或植入", choices=USES),
        *quantity_columns(True, "used", "所用"),
        time_column("使用时间", "when", "使用时间", "used_at"),
        site_column(),
    ),
    read_use,
)

DISPOSAL = Form(
    "disposal",
    "处置",
    "A lot or unit was scrapped or destroyed.",
    "批次或单个产品的报废或销毁。",
    EventType.DISPOSAL,
    both(
        *lot_columns(),
        Column("disposal_number", "处置单号", "number of the record", "处置记录编号"),
        Column("method", "处置方式", "how", "处置方式", required=True),
        Column("witness", "见证人", "number of the person who saw it done", "见证人编号"),
        *quantity_columns(True, "disposed of", "所处置"),
        time_column("处置时间", "when", "处置时间", "disposed_at"),
        site_column(),
    ),
    read_disposal,
)
