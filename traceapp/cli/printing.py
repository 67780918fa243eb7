"""A trace answer as a person reads it in the terminal, completeness first, then who has it; and why somebody may do something."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from traceapp.domain.clock import stored_time
from traceapp.domain.explanation import Explanation
from traceapp.domain.kinds import LOTS
from traceapp.domain.signatures import CheckedSignature
from traceapp.domain.trace import hop_order

MOST_NAMED: Final = 8
console = Console(highlight=False, soft_wrap=False)


def print_trace(answer: Mapping[str, Any], title: str) -> None:
    """answer  the JSON document of `/api/v1/traces`."""
    trace, ledger = answer["trace"], answer["ledger"]
    console.print(f"\n[bold]{_plain(title)}[/bold]")
    console.print(f"as of {_plain(str(trace['as_of']))} · snapshot {trace['head']}\n")
    _print_completeness(answer)
    if trace["direction"] != "backward":
        _print_parties("Consignees", answer["consignees"], answer)
    if trace["direction"] != "forward":
        _print_parties("Suppliers", answer["suppliers"], answer)
    _print_lots(answer["nodes"])
    console.print(f"Recorded before you saw it: ledger record {ledger['seq']}, leaf {ledger['leaf'][:16]}…")


def _print_completeness(answer: Mapping[str, Any]) -> None:
    completeness, numbers = answer["completeness"], _numbers(answer)
    console.print(f"[bold]Completeness: {completeness['status']}[/bold]")
    console.print(_plain(completeness["statement"]))
    for reason in completeness["reasons"]:
        named = completeness.get(reason["code"])
        names = [numbers.get(str(uid), str(uid)) for uid in named] if isinstance(named, list) and _are_texts(named) else []
        console.print(f"  [bold]{reason['status']}[/bold] {_plain(reason['sentence'])}{_plain(_listed(names))}")
    console.print()


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f" ({', '.join(names[:MOST_NAMED])}{more})" if names else ""


def _are_texts(items: Sequence[object]) -> bool:
    return all(isinstance(item, str) for item in items)


def _print_parties(title: str, parties: Sequence[Mapping[str, Any]], answer: Mapping[str, Any]) -> None:
    numbers = _numbers(answer)
    table = Table(title=f"{title} ({len(parties)})", title_justify="left", title_style="bold")
    for column in ("Name", "Country", "Certainty"):
        table.add_column(column)
    table.add_column("Quantity", justify="right")
    table.add_column("Lots")
    for party in sorted(parties, key=_surest_and_largest_first):
        amounts = ", ".join(f"{item['quantity'] or 'not stated'} {item['unit'] or ''}".strip() for item in party["quantities"])
        lots = ", ".join(sorted({numbers.get(uid, "withheld") for uid in party["lots"]}))
        name = party["name"] or party["number"] or "–"
        cells = (name, party["country"] or "–", party["certainty"], amounts or "not stated", lots)
        table.add_row(*map(_plain, cells))
    console.print(table)
    console.print(f"{len(parties)} in all, none left out of this table.\n" if parties else "None on record.\n")


def _surest_and_largest_first(party: Mapping[str, Any]) -> tuple[bool, Decimal, str]:
    largest = max((Decimal(item["quantity"]) for item in party["quantities"] if item["quantity"]), default=Decimal(0))
    return party["certainty"] != "exact", -largest, party["name"] or party["number"] or ""


def _print_lots(nodes: Sequence[Mapping[str, Any]]) -> None:
    lots = [node for node in nodes if node["kind"] in LOTS]
    stubs = sum(1 for node in nodes if node["stub"])
    table = Table(title=f"Lots ({len(lots)})", title_justify="left", title_style="bold")
    for column in ("Number", "Kind", "Product", "Site", "Status", "Certainty", "Hop"):
        table.add_column(column)
    for lot in sorted(lots, key=lambda lot: (hop_order(lot["hop"]), lot["number"] or "")):
        cells = (
            lot["number"],
            lot["kind"],
            lot["product"],
            lot["site"],
            lot["status"],
            lot["certainty"],
            "-" if lot["hop"] is None else str(lot["hop"]),
        )
        table.add_row(*(_plain(cell or "–") for cell in cells))
    console.print(table)
    console.print(f"{stubs} more withheld by your rights and walked through.\n" if stubs else "")


def _numbers(answer: Mapping[str, Any]) -> dict[str, str]:
    return {node["uid"]: node["number"] or node["epc"] or "withheld" for node in answer["nodes"]}


def _plain(text: str) -> str:
    """A stranger's text may hold what turns or rewrites a line of the terminal; it shows as the replacement character."""
    return escape("".join(letter if letter.isprintable() else "\ufffd" for letter in text))


def print_explanation(found: Explanation) -> None:
    """Why somebody may do something, or may not: one line a fact."""
    decision = found.decision
    rows = (
        ("decision", f"{'allowed' if decision.allowed else 'denied'} by {decision.rule}: {decision.reason}"),
        ("who", f"{found.username}, {found.role.value}"),
        ("act", found.permission.value + (f" on {found.object}" if found.object is not None else "")),
        ("purpose", f"{found.purpose.value if found.purpose is not None else 'none'} (of {', '.join(found.purposes) or 'none'})"),
        ("scope", f"by {', '.join(found.scopes) or 'nothing'}: {_carried(found)}"),
        ("clearance", f"{found.clearance or 'none'}, now {found.effective or 'none'}; searches by {found.search or 'none'}"),
        ("conditions", " ".join(found.conditions) or "none"),
        ("not met", " ".join(found.unmet) or "nothing"),
        ("withheld", found.withholding.value if found.withholding is not None else "everything"),
        ("policy", f"version {found.policy_version}, {found.policy_digest}"),
    )
    for name, text in rows:
        click.echo(f"{name:<11}{text}")
    for kind, names in found.fields.items():
        click.echo(f"{kind.value:<15}{', '.join(names)}")


def _carried(found: Explanation) -> str:
    return f"sites {', '.join(found.sites) or 'none'}; lines {', '.join(found.lines) or 'none'}; approved lots {len(found.lots)}"


def printable(text: str) -> str:
    """Without what a terminal would act on: others typed it."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def signature_line(one: CheckedSignature) -> str:
    """What it is worth, what it means, who signed and when."""
    state = one.state.value + (f" ({one.because})" if one.because else "")
    remarks = "".join(f"  [{remark.value}]" for remark in one.remarks)
    if one.signature is None:
        return f"{state}  signature {one.digest}{remarks}"
    said = one.signature
    at = f"{stored_time(said.signed_at)[:19]}Z"
    return f"{state}  {said.meaning.value}  {said.name} ({said.username})  {at}{remarks}"
