"""docs/dictionary.md, made from the data dictionary: the same bytes as long as the dictionary says the same.

python -m traceapp.dictionary.page FILE    writes the page anew
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from traceapp.dictionary.properties import Dictionary, PropertyEntry, read_dictionary
from traceapp.domain.kinds import LinkType, NodeKind

INTRODUCTION: Final = """\
# What does traceapp keep of a thing, and who may see it?

This page is made from `traceapp/dictionary/data_dictionary.toml`, version {version}, by
`python -m traceapp.dictionary.page docs/dictionary.md`. Validation, encryption, labels and the columns of the CSV forms read the
same file; a property that is not in it is refused. 本页由数据字典生成；字典中没有的属性一律拒收。

SHA-256 of what the dictionary says (`dictionary` in every ledger record): `{digest}`

| tier · 级别 | at rest · 存储 | who lacks the right sees · 无权限者所见 |
|---|---|---|
| T0 public · 公开 | plain · 明文 | the value · 值 |
| T1 internal · 内部 | plain · 明文 | a stub · 占位节点 |
| T2 confidential · 保密 | AES-256-GCM | that there is a value · 仅知有值 |
| T3 restricted · 受限 | AES-256-GCM | that there is a value; the node may be a stub · 仅知有值，节点可为占位节点 |

*Index* is a blind index: equal sealed values can be looked up, and as many bits of them are given away at most. The code of a
Party and the number within the identity of a Material are looked up by an index of 64 bits as well.
*Years* says how long a value is kept after the end of the product's life.
"""


def render_page(dictionary: Dictionary) -> str:
    """The whole page in Markdown."""
    parts = [INTRODUCTION.format(version=dictionary.version, digest=dictionary.digest)]
    parts += [_section(dictionary, kind) for kind in NodeKind]
    parts += [_links(dictionary), _rules(dictionary.rules)]
    return "\n".join(parts)


def _section(dictionary: Dictionary, kind: NodeKind) -> str:
    title = f"## {kind.value} · {dictionary.kind_label(kind, 'zh')}\n"
    entries = dictionary.entries(kind)
    if not entries:
        return f"{title}\nIts identity only. 仅标识。\n"
    rows = [_row(name, entry) for name, entry in entries.items()]
    header = ("property", "meaning", "含义", "type", "tier", "index", "years", "EPCIS, GS1", "clause · 条款")
    return f"{title}\n{table(header, rows)}"


def _row(name: str, entry: PropertyEntry) -> tuple[str, ...]:
    return (
        f"`{name}`",
        entry.en,
        entry.zh,
        _type(entry),
        entry.tier.value,
        f"{entry.leak_bits} bits" if entry.blind_index else "",
        str(entry.retention),
        entry.epcis or "",
        entry.clause or "",
    )


def _type(entry: PropertyEntry) -> str:
    if entry.values is not None:
        return ", ".join(f"`{word}` {chinese}" for word, chinese in entry.values.items())
    return entry.type.value + (f", {entry.unit}" if entry.unit else "")


def _links(dictionary: Dictionary) -> str:
    rows = [(f"`{link.value}`", dictionary.link_label(link, "en"), dictionary.link_label(link, "zh")) for link in LinkType]
    return f"## Links · 关系\n\n{table(('link', 'meaning', '含义'), rows)}"


def _rules(rules: Mapping[str, str]) -> str:
    return f"## Rules · 法规与标准\n\n{table(('named as', 'rule'), rules.items())}"


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown; a bar within a cell is kept."""
    lines = [header, ("---",) * len(header), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render_page(read_dictionary()), encoding="utf-8", newline="\n")
