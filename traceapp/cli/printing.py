"""A trace answer as a person reads it in the terminal: completeness first, then who has it."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

console = Console(highlight=False, soft_wrap=False)


def print_trace(answer: Mapping[str, Any], title: str) -> None:
    """answer  the JSON document of `/api/v1/traces`."""
    trace, completeness = answer["trace"], answer["completeness"]
    console.print(f"\n[bold]{escape(title)}[/bold]")
    console.print(f"as of {escape(str(trace['as_of']))} · record {trace['head']}\n")
    _print_completeness(completeness)
    if trace["direction"] != "backward":
        _print_parties("Consignees", answer["consignees"], answer)
    if trace["direction"] != "forward":
        _print_parties("Suppliers", answer["suppliers"], answer)
    _print_lots(answer["nodes"])
    ledger = answer["ledger"]
    console.print(f"Recorded before you saw it: ledger record {ledger['seq']}, leaf {ledger['leaf'][:16]}…")


def _print_completeness(completeness: Mapping[str, Any]) -> None:
    console.print(f"[bold]Completeness: {completeness['status']}[/bold]")
    console.print(escape(completeness["statement"]))
    for reason in completeness["reasons"]:
        console.print(f"  [bold]{reason['status']}[/bold] {escape(reason['sentence'])}")
    console.print()


def _print_parties(title: str, parties: list[Mapping[str, Any]], answer: Mapping[str, Any]) -> None:
    numbers = {node["uid"]: node["number"] or "withheld" for node in answer["nodes"]}
    table = Table(title=f"{title} ({len(parties)})", title_justify="left", title_style="bold")
    for column in ("Name", "Country", "Certainty"):
        table.add_column(column)
    table.add_column("Quantity", justify="right")
    table.add_column("Lots")
    for party in parties:
        amounts = ", ".join(f"{item['quantity'] or 'not stated'} {item['unit'] or ''}".strip() for item in party["quantities"])
        lots = ", ".join(sorted({numbers.get(uid, "withheld") for uid in party["lots"]}))
        table.add_row(
            *map(
                escape,
                (
                    party["name"] or party["number"] or "–",
                    party["country"] or "–",
                    party["certainty"],
                    amounts or "not stated",
                    lots,
                ),
            )
        )
    console.print(table)
    console.print(f"{len(parties)} in all, none left out of this table.\n" if parties else "None on record.\n")


def _print_lots(nodes: list[Mapping[str, Any]]) -> None:
    lots = [node for node in nodes if node["kind"] in {"Material", "Batch", "Unit"}]
    stubs = sum(1 for node in nodes if node["stub"])
    table = Table(title=f"Lots ({len(lots)})", title_justify="left", title_style="bold")
    for column in ("Number", "Kind", "Product", "Site", "State", "Certainty", "Hop"):
        table.add_column(column)
    for lot in sorted(lots, key=lambda lot: (lot["hop"], lot["number"] or "")):
        cells = (lot["number"], lot["kind"], lot["product"], lot["site"], lot["status"], lot["certainty"], str(lot["hop"]))
        table.add_row(*(escape(cell or "–") for cell in cells))
    console.print(table)
    console.print(f"{stubs} more withheld by your rights and walked through.\n" if stubs else "")
