"""What was done and decided at the plant: the forms `process-step`, `inspection`, `release` and `hold`."""

from typing import Final

from traceapp.domain.clock import stored_time
from traceapp.domain.errors import InputError
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.intake.csv_columns import Column, Form, both, lot_columns, site_column, time_column
from traceapp.intake.csv_rows import Lot, Row, Told, flow

RESULTS: Final = {"passed": "合格", "failed": "不合格", "conditional": "让步接收"}
STAGES: Final = {"production": "生产放行", "market": "上市放行"}
DECISIONS: Final = {"released": "放行", "rejected": "不予放行"}
HOLD_ACTS: Final = {"placed": "冻结", "lifted": "解除冻结"}
PROCESS_KINDS: Final = {"ordinary": "一般", "key": "关键", "special": "特殊"}


def read_process_step(row: Row) -> Told:
    told = Told()
    subject = _subject(told, row)
    if row.text("equipment") is None and row.text("operator") is None:
        raise InputError("equipment: wanted the equipment or the operator of the step, found neither")
    ended = row.moment("ended_at")
    if ended is not None and ended < row.time:
        raise InputError(f"ended_at: wanted a time after the start, found {row.text('ended_at')!r}")
    said = {
        "step": row.text("step"),
        "started_at": stored_time(row.time),
        "ended_at": stored_time(ended) if ended else None,
        "process_kind": row.choice("process_kind"),
    }
    for kind, column, link in (
        (NodeKind.EQUIPMENT, "equipment", LinkType.PROCESSED_ON),
        (NodeKind.OPERATOR, "operator", LinkType.WORKED_BY),
    ):
        if row.text(column) is not None:
            used = row.issued(column, "site", "owner", number=column)
            told.state(used, kind, described=False, scope=row.scope(None))
            role = row.text("role") if kind is NodeKind.OPERATOR else None
            told.link(flow(link, subject, used, row, role=role, **said))
    return told


def _subject(told: Told, row: Row) -> Identity:
    """A step is of an order, or of the lot itself."""
    if row.text("order") is not None:
        order = row.issued("transformation", "site", "owner", number="order")
        properties = {"process_parameters": row.text("process_parameters")}
        scope = row.scope(row.text("product"))
        return told.state(order, NodeKind.TRANSFORMATION, described=False, scope=scope, properties=properties)
    lot = _lot(told, row)
    if row.text("process_parameters") is not None and lot.kind is not NodeKind.BATCH:
        raise InputError(f"process_parameters: wanted an order or a batch to state them of, found a {lot.kind}")
    return told.state(lot.identity, lot.kind, described=False, properties={"process_parameters": row.text("process_parameters")})


def _lot(told: Told, row: Row, **properties: str | None) -> Lot:
    lot = row.lot()
    told.state(lot.identity, lot.kind, described=False, scope=row.scope(lot.product), properties=properties)
    return lot


def read_inspection(row: Row) -> Told:
    told = Told()
    result = row.choice("result")
    lot = _lot(told, row, inspection_result=result, ncr_number=row.text("ncr_number"))
    inspection = told.state(
        row.issued("inspection", "site", "owner", number="inspection_number"),
        NodeKind.INSPECTION,
        scope=row.scope(lot.product),
        properties={
            "result": result,
            "characteristic": row.text("characteristic"),
            "value": row.text("value"),
            "specification": row.text("specification"),
            "inspector": row.text("inspector"),
            "ncr_number": row.text("ncr_number"),
        },
    )
    told.link(flow(LinkType.INSPECTED_IN, lot.identity, inspection, row))
    return told


def read_release(row: Row) -> Told:
    told = Told()
    _lot(
        told,
        row,
        release_stage=row.choice("stage"),
        release_decision=row.choice("decision") or "released",
        releaser=row.text("releaser"),
    )
    return told


def read_hold(row: Row) -> Told:
    told = Told()
    _lot(told, row, hold=row.choice("act"), hold_number=row.text("hold_number"), hold_reason=row.text("reason"))
    return told


PROCESS_STEP = Form(
    "process-step",
    "工序",
    "A step was done on a machine, by an operator, or both: of an order, or of one lot.",
    "在某设备上或由某操作人员完成的一道工序，属于某工单或某批次。",
    EventType.PROCESS_STEP,
    both(
        Column(
            "order",
            "生产工单",
            "number of the order, mixing or load; where it stands, the step is of the order",
            "生产工单、配料或装载编号；填写时工序归该工单",
            aliases=("order_number",),
        ),
        *lot_columns(required=False),
        Column("step", "工序", "name of the step", "工序名称", required=True),
        Column("equipment", "设备编号", "number of the machine or tool", "设备或工装编号"),
        Column("operator", "操作人员编号", "number of the operator, never a name", "操作人员编号（不填姓名）"),
        Column("role", "岗位", "what the operator did in the step", "操作人员在该工序的岗位"),
        time_column("开始时间", "when the step began", "工序开始时间", "started_at"),
        Column("ended_at", "结束时间", "when it ended", "工序结束时间"),
        Column(
            "process_kind", "工序类别", "whether it is a key or special process", "是否关键工序或特殊过程", choices=PROCESS_KINDS
        ),
        Column(
            "process_parameters",
            "工艺参数",
            "how it was set and run; a later row of the same order or batch replaces it",
            "工艺参数的设定与实际值；同一工单或批次较晚的行替代较早的行",
        ),
        site_column(),
    ),
    read_process_step,
)

INSPECTION = Form(
    "inspection",
    "检验",
    "A lot was inspected, with what result.",
    "对一个批次的检验及其结论。",
    EventType.INSPECTION,
    both(
        *lot_columns(),
        Column("inspection_number", "检验单号", "number of the report", "检验报告编号"),
        Column("result", "检验结论", "the verdict", "检验结论", required=True, choices=RESULTS),
        Column("characteristic", "检验项目", "what was measured", "检验项目"),
        Column("value", "实测值", "what was found", "实测值"),
        Column("specification", "标准要求", "what was wanted", "标准要求"),
        Column("inspector", "检验员", "number of the inspector", "检验员编号"),
        Column("ncr_number", "不合格报告编号", "number of the non-conformance report", "不合格报告编号"),
        time_column("检验时间", "when the verdict was given", "作出结论的时间", "inspected_at"),
        site_column(),
    ),
    read_inspection,
)

RELEASE = Form(
    "release",
    "放行",
    "A lot was released for further production or for the market, or refused.",
    "批次的生产放行、上市放行或不予放行。",
    EventType.RELEASE,
    both(
        *lot_columns(),
        Column("stage", "放行类型", "released for what", "放行类型", required=True, choices=STAGES),
        Column("decision", "放行结论", "`released` where it is empty", "空则为“放行”", choices=DECISIONS),
        Column("releaser", "放行人", "number of the person who decided", "作出决定者的编号"),
        Column("release_number", "放行单号", "number of the release note", "放行单编号"),
        time_column("放行时间", "when it was decided", "决定时间", "released_at"),
        site_column(),
    ),
    read_release,
)

HOLD = Form(
    "hold",
    "冻结",
    "A lot was put on hold, or the hold was lifted.",
    "冻结批次或解除冻结。",
    EventType.HOLD,
    both(
        *lot_columns(),
        Column("act", "冻结操作", "placed or lifted", "冻结或解除冻结", required=True, choices=HOLD_ACTS),
        Column("reason", "冻结原因", "why", "原因"),
        Column("hold_number", "冻结单号", "number of the hold", "冻结单编号"),
        time_column("冻结时间", "when it was placed or lifted", "冻结或解除的时间"),
        site_column(),
    ),
    read_hold,
)
