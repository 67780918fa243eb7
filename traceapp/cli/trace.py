"""`traceapp trace`: asks the running service, as a person with a token."""

import json
from pathlib import Path
from urllib.parse import quote

import click

from traceapp.cli.client import get_json, trust
from traceapp.cli.options import home_option, settings_of
from traceapp.cli.printing import print_trace
from traceapp.cli.supervision import service_file
from traceapp.domain.errors import InputError
from traceapp.settings import Settings


@click.command()
@click.argument("number")
@click.option("--direction", type=click.Choice(["forward", "backward", "both"]), default="forward", show_default=True)
@click.option("--as-of", help="What was known at this moment (ISO 8601 with zone).")
@click.option("--product", help="Narrow an ambiguous number.")
@click.option("--site", help="Narrow an ambiguous number.")
@click.option("--kind", help="Narrow an ambiguous number.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--url", help="Base address of the service  [the one that runs on the home]")
@click.option("--token-file", type=click.Path(path_type=Path, readable=False), help="File with a bearer token  [HOME/token]")
@home_option
def trace(
    number: str,
    direction: str,
    as_of: str | None,
    product: str | None,
    site: str | None,
    kind: str | None,
    form: str,
    url: str | None,
    token_file: Path | None,
    home: Path | None,
) -> None:
    """Trace NUMBER forward (where did it go) or backward (where did it come from).

    \b
    traceapp trace RM-26-0417 --direction forward
    traceapp trace RM-26-0417 --direction both --format json

    Exit codes: 0 answered (read its completeness) · 1 refused or not found · 2 wrong option
    """
    settings = settings_of(home)
    path = token_file or settings.home / "token"
    answer = get_json(
        url or _running_url(settings),
        "/api/v1/traces",
        read_token(path),
        trust(settings),
        number=number,
        direction=direction,
        as_of=as_of,
        product=product,
        site=site,
        kind=kind,
    )
    if form == "json":
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        print_trace(answer, title=f"{direction.capitalize()} trace of {number}")


def _running_url(settings: Settings) -> str:
    try:
        return service_file(settings.home).read_text(encoding="utf-8").strip()
    except OSError:
        return f"http://{settings.host}:{settings.port}"


def read_token(path: Path) -> str:
    """The token in a file; blanks around it do not count.

    raises  InputError: no such file, or something else than one token in it.
    """
    try:
        token = path.read_bytes().decode("ascii", "replace").strip()
    except OSError as error:
        raise InputError(
            f"token file {quote(str(path), safe='/.-_ ')} cannot be read ({error.strerror}); make one with traceapp token create"
        ) from None
    if not token.isprintable() or not token or " " in token or "\ufffd" in token:
        raise InputError(f"token file {path} does not hold one token; make one with traceapp token create")
    return token
