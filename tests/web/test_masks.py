"""What a page says in place of a value: a sign and a word, in both languages, and never a hole."""

import re

import pytest
from flask import Flask

from tests.web.conftest import Tokens
from traceapp.domain.rights import Role
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

WORDS = {"en": ("Masked", "fields are masked", "State masked"), "zh_Hans": ("已脱敏", "项已脱敏", "状态已脱敏")}


@pytest.mark.parametrize("language", WORDS)
def test_promise_a_masked_value_is_a_sign_and_a_word_and_no_hole(
    filled: Stations, app: Flask, tokens: Tokens, language: str
) -> None:
    word, fields, state = WORDS[language]
    client = app.test_client()
    client.post("/language", data={"language": language, "next": "/"})
    said = {"Authorization": tokens(Role.VIEWER), "Accept-Language": language.replace("zh_Hans", "zh-CN")}

    page = client.get("/batches?number=B-1", headers=said).text
    trace = client.get("/traces?number=B-1&direction=forward", headers=said).text

    for drawn in (page, trace):
        assert re.search(
            rf'class="masked"><svg class="sign"[^>]*><use href="#s-masked"/></svg><span>{word} [0-9A-F]{{8}}</span>', drawn
        )
        assert state in drawn
        assert "HOSP-1" not in drawn
    assert fields in page


def test_promise_a_mask_of_the_api_is_what_the_document_says(filled: Stations, app: Flask, tokens: Tokens) -> None:
    client, said = app.test_client(), {"Authorization": tokens(Role.VIEWER)}

    batch = client.get("/api/v1/batches/B-1", headers=said).get_json()
    trace = client.get("/api/v1/traces?number=B-1", headers=said).get_json()

    assert batch["properties"]["formulation"] == {"masked": True, "tier": "T3"}
    assert {node["status"]["tier"] for node in trace["nodes"] if node["status"]} == {"T2"}
    (consignee,) = [line for line in trace["consignees"] if line["lots"]][:1]
    assert consignee["name"] == consignee["number"] == {"masked": True, "tier": "T2", "shown": consignee["name"]["shown"]}
