"""Documents that say the absurd: each is refused with what was wanted, by the API and by the page, and none ends in a fault."""

from importlib import resources

import pytest

from tests.web.conftest import MovingClock, app, clock
from tests.web.test_approvals import Sit, sit
from traceapp.domain.governed import DocumentKind
from traceapp.domain.rights import Role

__all__ = ["MovingClock", "app", "clock", "sit"]
pytestmark = pytest.mark.one_store

WHY = "It is tried out what is refused."
FILES = {
    DocumentKind.POLICY: ("traceapp.policy", "default_policy.toml", "version = 1\n", "version = {}\n"),
    DocumentKind.DICTIONARY: ("traceapp.dictionary", "data_dictionary.toml", "version = 1\n", "version = {}\n"),
    DocumentKind.ALERT_RULES: ("traceapp.policy", "alert_rules.toml", "quiet_minutes = 1440", "quiet_minutes = {}"),
}
ABSURD = {
    "beyond 64 bits": str(2**64),
    "endless": "inf",
    "thousands of digits": "9" * 5_000,
    "a deep list": "[" * 5_000 + "]" * 5_000,
}
"""Some of `tests/unit/dictionary/test_document_text.py`, over HTTP."""


def saying(kind: DocumentKind, value: str) -> str:
    package, name, before, after = FILES[kind]
    text = (resources.files(package) / name).read_text(encoding="utf-8")
    assert before in text
    return text.replace(before, after.format(value), 1)


@pytest.mark.parametrize("kind", DocumentKind)
def test_attacker_who_proposes_an_absurd_document_is_told_what_was_wanted(kind: DocumentKind, sit: Sit) -> None:
    quin = sit("quin", Role.QUALITY)
    found = {}
    for name, value in ABSURD.items():
        text = saying(kind, value)
        compared = quin.send(f"/api/v1/changes/{kind.value}/comparison", text=text)
        proposed = quin.send(f"/api/v1/changes/{kind.value}/proposals", text=text, reason=WHY)
        page = quin.post("/changes/proposals", document=kind.value, text=text, reason=WHY)
        found[name] = [one.status_code for one in (compared, proposed, page)]
        assert compared.json is not None, name
        assert "wanted" in compared.text, name

    assert found == {name: [400, 400, 400] for name in ABSURD}


def test_a_document_of_ten_megabytes_is_refused(sit: Sit) -> None:
    quin = sit("quin", Role.QUALITY)
    text = "# " + "x" * 10_000_000

    by_api = quin.send("/api/v1/changes/policy/comparison", text=text)
    by_page = quin.post("/changes/comparison", document="policy", text=text)

    assert {by_api.status_code, by_page.status_code} <= {400, 413}
    assert by_api.json is not None
