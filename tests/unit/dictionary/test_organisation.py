"""HOME/organisation.toml says who we are, and what is ours."""

from pathlib import Path

import pytest

from traceapp.dictionary.organisation import read_organisation
from traceapp.domain.errors import SettingsError
from traceapp.domain.identifiers import Identity, gs1_identity, local_identity
from traceapp.domain.kinds import NodeKind
from traceapp.domain.scopes import Scope

WHOLE = """
name = "Test Medical"
owners = ["TM"]
company_prefixes = ["9521001"]
[sites]
LYON = "Lyon"
[locations]
"9521001000178" = "LYON"
[product_lines]
"TUBE-30" = "INF"
"""


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "organisation.toml"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", [WHOLE.encode(), b"\xef\xbb\xbf" + WHOLE.encode(), WHOLE.replace("\n", "\r\n").encode()])
def test_the_whole_file_is_read(tmp_path: Path, content: bytes) -> None:
    found = read_organisation(written(tmp_path, content))

    assert (found.name, found.owners, found.company_prefixes) == ("Test Medical", {"TM"}, {"9521001"})
    assert (found.sites, found.locations, found.product_lines) == (
        {"LYON": "Lyon"},
        {"9521001000178": "LYON"},
        {"TUBE-30": "INF"},
    )


def test_without_a_file_nothing_is_ours(tmp_path: Path) -> None:
    found = read_organisation(tmp_path / "organisation.toml")

    assert found.lot_kind(gs1_identity("01", "09521001000185", "10", "A")) is NodeKind.MATERIAL
    assert (found.sites, found.product_lines) == ({}, {})


@pytest.mark.parametrize(
    ("identity", "kind"),
    [
        (gs1_identity("01", "09521001000185", "10", "A"), NodeKind.BATCH),
        (gs1_identity("01", "99521001000185", "10", "A"), NodeKind.BATCH),
        (gs1_identity("01", "09521002000185", "10", "A"), NodeKind.MATERIAL),
        (gs1_identity("01", "95210010001850", "10", "A"), NodeKind.MATERIAL),
        (local_identity("lot", "TM", "TUBE-30", "A"), NodeKind.BATCH),
        (local_identity("lot", "LYON", "TUBE-30", "A"), NodeKind.BATCH),
        (local_identity("lot", "SUP-7", "TUBE-30", "A"), NodeKind.MATERIAL),
    ],
)
def test_a_lot_is_a_batch_if_we_issued_its_number(tmp_path: Path, identity: Identity, kind: NodeKind) -> None:
    ours = read_organisation(written(tmp_path, WHOLE.encode()))

    assert ours.lot_kind(identity) is kind


@pytest.mark.parametrize(
    ("site", "product", "scope"),
    [
        ("LYON", "TUBE-30", Scope("LYON", "INF")),
        ("LYON", "CAP-1", Scope("LYON", "*")),
        (None, "TUBE-30", Scope("?", "INF")),
        (None, None, Scope("?", "*")),
    ],
)
def test_a_thing_belongs_to_its_site_and_its_line(tmp_path: Path, site: str | None, product: str | None, scope: Scope) -> None:
    assert read_organisation(written(tmp_path, WHOLE.encode())).scope(site, product) == scope


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name = ", "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b'name = ""', "name: "),
        (b'nmae = "X"', "nmae: Extra inputs are not permitted"),
        (b'owners = ["A|B"]', "owners"),
        (b'owners = ["*"]', "owners"),
        (b'owners = [" A"]', "owners"),
        (b'owners = [""]', "owners"),
        (b'company_prefixes = [""]', "company_prefixes"),
        (b'company_prefixes = ["95210"]', "company_prefixes"),
        (b'company_prefixes = ["9521001234567"]', "company_prefixes"),
        (b'[sites]\n"*" = "All"', "sites"),
        (b'[locations]\n"X" = "PARIS"', "'X' lies at 'PARIS', which is not among the sites"),
        (b'[product_lines]\nX = "*"', "product_lines"),
    ],
)
def test_a_malformed_file_is_refused_at_its_place(tmp_path: Path, content: bytes, reason: str) -> None:
    path = written(tmp_path, content)

    with pytest.raises(SettingsError) as refused:
        read_organisation(path)

    assert str(path) in str(refused.value)
    assert reason in str(refused.value)
