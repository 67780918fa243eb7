"""The tables of docs/csv.md, made from the forms themselves.

python -m tests.unit.intake.csv_page    writes them anew between the two marks of the page
"""

from pathlib import Path
from typing import Final

from traceapp.intake.csv_columns import COMMON, Column, Form
from traceapp.intake.csv_forms import forms

DOCS: Final = Path(__file__).parents[3] / "docs"
PAGE: Final = DOCS / "csv.md"
SAMPLES: Final = DOCS / "samples"
BEGIN: Final = "<!-- forms: made from the code, `python -m tests.unit.intake.csv_page` -->\n"
END: Final = "<!-- end of forms -->\n"


def render() -> str:
    """Every form: its columns, then a sample."""
    common = _table(COMMON)
    parts = ["## Columns of every form · 各表格通用列\n", common, *(_section(form) for form in forms())]
    return "\n".join(parts)


def _section(form: Form) -> str:
    own = tuple(column for column in form.columns if column not in COMMON)
    sample = (SAMPLES / f"{form.name}.csv").read_text(encoding="utf-8")
    return (
        f"## {form.name} · {form.zh}\n\n{form.says} {form.says_zh}\n\n{_table(own)}\n"
        f"[samples/{form.name}.csv](samples/{form.name}.csv)\n\n```csv\n{sample}```\n"
    )


def _table(columns: tuple[Column, ...]) -> str:
    rows = [f"| {_header(column)} | {column.zh} | {_says(column)} | {_says_zh(column)} |" for column in columns]
    return "\n".join(["| column | 列名 | meaning | 含义 |", "|---|---|---|---|", *rows]) + "\n"


def _header(column: Column) -> str:
    also = "".join(f", `{alias}`" for alias in column.aliases)
    wanted = "" if not column.required else " **!**" if column.instead is None else f" **!** or `{column.instead}`"
    return f"`{column.name}`{also}{wanted}"


def _says(column: Column) -> str:
    return column.means + (": " + ", ".join(f"`{word}`" for word in column.choices) if column.choices else "")


def _says_zh(column: Column) -> str:
    return column.means_zh + ("：" + "、".join(column.choices.values()) if column.choices else "")


def split_page(text: str) -> tuple[str, str, str]:
    """What stands before, between and after the marks."""
    before, _, rest = text.partition(BEGIN)
    between, _, after = rest.partition(END)
    return before, between, after


if __name__ == "__main__":
    before, _, after = split_page(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(f"{before}{BEGIN}\n{render()}\n{END}{after}", encoding="utf-8")
