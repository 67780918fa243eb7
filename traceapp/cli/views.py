"""Options that say what somebody may see, and what they come to."""

import click

from traceapp.domain.rights import Role

role_option = click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
sites_option = click.option("--site", "sites", multiple=True, help="Sites seen; repeat  [all; with --lot none]")
lines_option = click.option("--line", "lines", multiple=True, help="Product lines seen; repeat  [all; with --lot none]")
lots_option = click.option(
    "--lot", "lots", multiple=True, help="Number or uid of one lot, container or shipment that is approved besides; repeat."
)


def view_of(sites: tuple[str, ...], lines: tuple[str, ...], lots: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Sites and lines: of a view that names neither everything, or nothing but its single lots."""
    if lots and not sites and not lines:
        return frozenset(), frozenset()
    return frozenset(sites or ("*",)), frozenset(lines or ("*",))
