"""docs/dictionary.md, made from the data dictionary: the same bytes as long as the dictionary says the same.

python -m traceapp.dictionary.page FILE    writes the page anew
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from traceapp.dictionary.entries import LinkAttribute, PropertyEntry, StoredProperty
from traceapp.dictionary.properties import RECORDED, Dictionary, read_dictionary
from traceapp.domain.kinds import LinkType, NodeKind

INTRODUCTION: Final = """\
# What does traceapp keep of a thing, and who may see it?

This page is made from `traceapp/dictionary/data_dictionary.toml`, version {version}, by
`python -m traceapp.dictionary.page docs/dictionary.md`. Validation, encryption, labels and the columns of the CSV forms read the
same file; a property that is not in it is refused. 本页由数据字典生成；字典中没有的属性一律拒收。

SHA-256 of what the dictionary says (`dictionary` in every ledger record): `{digest}`

| tier · 级别 | at rest · 存储 |
|---|---|
| T0 public · 公开 | plain · 明文 |
| T1 internal · 内部 | plain · 明文 |
| T2 confidential · 保密 | AES-256-GCM |
| T3 restricted · 受限 | AES-256-GCM |

Of a thing outside somebody's sites and product lines no value leaves, of whatever tier; where a trace passes through it, it is an
opaque stub. 超出某人生产地址与产品线的对象，任何级别的值都不提供；追溯经过时仅为占位节点。

*Mask* is what stands in place of a value of a thing that may be shown, for whoever may not see this property of it. It is equal
whether the value is there or not. *Value* hides nothing; *masked* tells the tier alone; *last4* tells the last four characters of
a text of eight or more, and so that there is one; *pseudonym* names the thing within one answer, is another one in the next, and
is made of our own id, never of the value.
脱敏形式：无权查看某属性者所见；无论该值是否存在，所见相同。value 不隐藏；masked 仅示级别；last4 仅示末四位（不足八位不示）；
pseudonym 为仅在一次答复内有效的代称，由内部标识生成，与值无关。

*Index* is a blind index: equal sealed values can be looked up, and as many bits of them are given away at most. The code of a
Party and the number within the identity of a Material are looked up by an index of 64 bits as well.
*personal* marks what is about a single person: it goes to nobody outside unless that is said and agreed to
([exports](exports.md)). personal 标注个人信息：未经说明并批准，不对外交付。
*Years* says how long a value is kept after the end of the product's life.
"""


def render_page(dictionary: Dictionary) -> str:
    """The whole page in Markdown."""
    parts = [INTRODUCTION.format(version=dictionary.version, digest=dictionary.digest)]
    parts += [_section(dictionary, kind) for kind in NodeKind]
    parts += [_links(dictionary), _link_attributes(dictionary), *_service(dictionary), _rules(dictionary.rules)]
    return "\n".join(parts)


def _section(dictionary: Dictionary, kind: NodeKind) -> str:
    title = f"## {kind.value} · {dictionary.kind_label(kind, 'zh')}\n"
    entries = dictionary.entries(kind)
    if not entries:
        return f"{title}\nIts identity only. 仅标识。\n"
    rows = [_row(name, entry) for name, entry in entries.items()]
    header = ("property", "meaning", "含义", "type", "tier", "mask", "index", "years", "EPCIS, GS1", "clause · 条款")
    return f"{title}\n{table(header, rows)}"


def _row(name: str, entry: PropertyEntry) -> tuple[str, ...]:
    return (
        f"`{name}`",
        entry.en,
        entry.zh,
        _type(entry),
        entry.tier.value,
        entry.mask_form.value,
        f"{entry.leak_bits} bits" if entry.blind_index else "",
        str(entry.retention),
        entry.epcis or "",
        entry.clause or "",
    )


def _type(entry: PropertyEntry) -> str:
    said = _values(entry) or entry.type.value + (f", {entry.unit}" if entry.unit else "")
    return f"{said}, *personal*" if entry.personal else said


def _values(entry: PropertyEntry | LinkAttribute) -> str:
    return ", ".join(f"`{word}` {chinese}" for word, chinese in (entry.values or {}).items())


def _links(dictionary: Dictionary) -> str:
    rows = [(f"`{link.value}`", dictionary.link_label(link, "en"), dictionary.link_label(link, "zh")) for link in LinkType]
    return f"## Links · 关系\n\n{table(('link', 'meaning', '含义'), rows)}"


def _link_attributes(dictionary: Dictionary) -> str:
    said = (
        "## What a source may state of a link · 来源可说明的关系属性\n\n"
        "Beside quantity and unit. It stands plain in the store, so nothing confidential belongs there; an attribute that is\n"
        "not here is refused. 除数量与单位外；以明文存储，不得含保密内容；不在此表的属性一律拒收。\n\n"
    )
    header = ("attribute", "meaning", "含义", "type", "tier", "links · 关系")
    rows = [
        (
            f"`{name}`",
            entry.en,
            entry.zh,
            _values(entry) or entry.type.value,
            entry.tier.value,
            ", ".join(f"`{link.value}`" for link in entry.links),
        )
        for name, entry in dictionary.link_attributes.items()
    ]
    return said + table(header, rows)


def _service(dictionary: Dictionary) -> list[str]:
    service = dictionary.service
    said = (
        "## What the service itself keeps · 服务自身保存的内容\n\n"
        "No source can write any of it; it makes up the store together with the properties above. A *document* is sealed words\n"
        "of any length. 来源无法写入这些内容；它们与上述属性共同构成存储的全部内容。\n"
    )
    own = [(kind, f"{kind} · {named.zh}", named.en) for kind, named in service.kinds.items()]
    return [
        said,
        _kept("Every node · 每个节点", service.nodes),
        _kept("Every link · 每个关系", service.links),
        _kept(f"`{RECORDED}`, from an event to what it speaks of · 事件与其所涉对象之间", service.recorded),
        *(_kept(title, service.properties[kind], f"{meaning}.\n\n") for kind, title, meaning in own),
    ]


def _kept(title: str, entries: Mapping[str, StoredProperty], said: str = "") -> str:
    rows = [(f"`{name}`", entry.en, entry.zh, entry.type.value, entry.tier.value) for name, entry in entries.items()]
    return f"### {title}\n\n{said}{table(('property', 'meaning', '含义', 'type', 'tier'), rows)}"


def _rules(rules: Mapping[str, str]) -> str:
    return f"## Rules · 法规与标准\n\n{table(('named as', 'rule'), rules.items())}"


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown; a bar within a cell is kept."""
    lines = [header, ("---",) * len(header), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render_page(read_dictionary()), encoding="utf-8", newline="\n")
