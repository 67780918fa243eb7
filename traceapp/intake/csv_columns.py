"""The shape of a plain CSV form: its columns with their headers in both languages, and how a row of it is read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from traceapp.domain.kinds import EventType

if TYPE_CHECKING:
    from traceapp.intake.csv_rows import Row, Told


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a form.

    name      the English header;  zh  the Chinese one;  aliases  further headers that mean the same.
    means     what a cell says, in English;  means_zh  in Chinese.
    required  every row must fill it.   instead  another column whose presence makes this one optional.
    choices   the closed list of words, English → Chinese; empty where any text will do.
    """

    name: str
    zh: str
    means: str
    means_zh: str
    required: bool = False
    instead: str | None = None
    aliases: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> tuple[str, ...]:
        return (self.name, self.zh, *self.aliases)


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of row.

    name  as written in the column `form`;  zh  its Chinese name, accepted there too;  says  one sentence for the page.
    read  turns a row into what it tells of things and links; the reader adds time, key and place.
    """

    name: str
    zh: str
    says: str
    says_zh: str
    type: EventType
    columns: tuple[Column, ...]
    read: Callable[["Row"], "Told"]

    @property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def by_header(self) -> dict[str, str]:
        """Folded header in either language → canonical column name."""
        return {fold(header): column.name for column in self.columns for header in column.headers}

    def missing(self, present: Iterable[str]) -> tuple[str, ...]:
        """Required columns that are not among these canonical names, in the order of the form."""
        found = set(present)
        return tuple(
            column.name for column in self.columns if column.required and column.name not in found and column.instead not in found
        )


def fold(header: str) -> str:
    """Headers are compared without case, blanks, and the difference of `_` and `-`."""
    return header.strip().lstrip("\ufeff").strip().casefold().replace("-", "_").replace(" ", "_")


def both(*columns: Column) -> tuple[Column, ...]:
    """The columns of a form, with those that every form has at the end."""
    return (*columns, *COMMON)


COMMON = (
    Column(
        "form",
        "表格",
        "name of the form; where it stands, rows of several forms may share a file",
        "表格名称；有此列时一个文件可含多种表格",
    ),
    Column(
        "row_id",
        "行标识",
        "the sender's own id of the row, unique per source and form",
        "发送方的行标识，在同一数据源和表格内唯一",
    ),
    Column(
        "corrects",
        "更正行标识",
        "row_id of the row that this one replaces; its own row_id declares the row void without a replacement",
        "本行所替代之行的行标识；填本行自己的行标识则只作废、不替代",
    ),
    Column(
        "time_zone",
        "时区",
        "zone of times written without offset, as +08:00 or Asia/Shanghai; UTC where it is empty",
        "未写时差的时间所用的时区，如 +08:00 或 Asia/Shanghai；空则为 UTC",
    ),
)


def time_column(zh: str, means: str, means_zh: str, *aliases: str) -> Column:
    return Column("time", zh, means, means_zh, required=True, aliases=("时间", "发生时间", "event_time", *aliases))


def lot_columns(
    required: bool = True, prefix: str = "", zh: str = "", of: str = "the lot", of_zh: str = "该批次"
) -> tuple[Column, ...]:
    """The columns that name one lot, or one serialised unit."""
    return (
        Column(
            f"{prefix}owner",
            f"{zh}编号签发方",
            f"code of the site or supplier that issued the number of {of}; may be empty where the product is a GTIN",
            f"签发{of_zh}编号的生产地址或供应商代码；产品为 GTIN 时可空",
        ),
        Column(
            f"{prefix}product",
            f"{zh}产品编码",
            f"product code of {of}, or its GTIN in 14 digits",
            f"{of_zh}的产品编码，或 14 位 GTIN",
            required=required,
        ),
        Column(
            f"{prefix}number",
            f"{zh}批号",
            f"number of {of} as printed",
            f"{of_zh}的批号（按印刷内容）",
            required=required,
            instead=f"{prefix}serial",
        ),
        Column(
            f"{prefix}serial",
            f"{zh}序列号",
            "serial number, where a single unit is meant; a number beside it names the lot that it belongs to",
            "指单个产品时的序列号；同时填写批号则表示其所属批次",
        ),
    )


def quantity_columns(required: bool, of: str, of_zh: str, prefix: str = "", zh: str = "") -> tuple[Column, ...]:
    return (
        Column(
            f"{prefix}quantity",
            f"{zh}数量",
            f"quantity {of}, decimal with a point",
            f"{of_zh}的数量，小数用点",
            required=required,
        ),
        Column(
            f"{prefix}unit",
            f"{zh}单位",
            "UN/ECE unit code (KGM, EA, MTR …) or a usual word (kg, pcs, m …); wanted wherever a quantity stands",
            "UN/ECE 单位代码（KGM、EA、MTR 等）或常用写法（kg、pcs、m 等）；有数量时必填",
            required=required,
        ),
    )


def site_column(
    means: str = "site where it happened; the issuer of the number where it is empty",
    means_zh: str = "发生地的生产地址代码；空则取编号签发方",
) -> Column:
    return Column("site", "生产地址", means, means_zh, aliases=("工厂",))
