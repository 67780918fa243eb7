"""The statements of the program: each in its file, under a header that says the truth, without what an engine trips over."""

from pathlib import Path

import pytest

from traceapp.domain.errors import StatementError
from traceapp.graph.query_catalogue import Field, QueryCatalogue, load_catalogue, read_statement, statements_root

HEADER = {
    "name": "area.find_things",
    "does": "something",
    "mode": "read",
    "rows": "many",
    "param": "uid string whose",
    "column": "uid string the same",
    "bounds": "one index seek",
}
TEXT = "MATCH (n:Thing {uid: $uid}) RETURN n.uid AS uid ORDER BY uid"


def write(folder: Path, text: str = TEXT, *, drop: str = "", **header: str) -> Path:
    """A statement file whose header differs from a right one."""
    lines = [f"// {key}: {value}" for key, value in {**HEADER, **header}.items() if key != drop and value]
    path = folder / "area" / "find_things.cypher"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([*lines, text]) + "\n")
    return path


def test_every_file_is_a_statement_under_its_own_name() -> None:
    """Whatever was wrong in one of them would have stopped the catalogue from loading."""
    files = {path for path in statements_root().rglob("*") if path.is_file() and path.parent.name != "schema"}
    names = {f"{path.parent.name}.{path.stem}" for path in files if path.suffix == ".cypher"}
    assert {path.suffix for path in files} == {".cypher"}
    assert {path.parent.parent for path in files} == {statements_root()}
    assert load_catalogue().statements.keys() == names


@pytest.mark.parametrize("name", load_catalogue().statements)
def test_names_begin_with_what_they_do(name: str) -> None:
    """Nouns and verbs in a small set: a reader knows how many rows to expect and whether anything changes."""
    statement = load_catalogue().get(name)
    verb = name.partition(".")[2].partition("_")[0]
    reads, writes = {"get", "find", "list", "expand", "count"}, {"append", "put", "void", "advance", "lock"}
    assert verb in (reads if statement.mode == "read" else writes)
    assert verb != "get" or statement.rows == "one"


def test_right_file_is_read(tmp_path: Path) -> None:
    statement = read_statement(write(tmp_path))
    assert statement.name == "area.find_things"
    assert statement.text == TEXT
    assert statement.parameters == {"uid": Field("uid", "string", "whose")}
    assert statement.columns == (Field("uid", "string", "the same"),)


@pytest.mark.parametrize("key", ["name", "does", "mode", "rows", "bounds"])
def test_header_line_that_is_missing_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(StatementError, match=f"exactly one line '{key}:'"):
        read_statement(write(tmp_path, drop=key))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"name": "area.other"}, "calls it area.other"),
        ({"mode": "schema"}, "mode schema"),
        ({"mode": "delete"}, "mode delete"),
        ({"rows": "some"}, "rows some"),
        ({"rows": "none"}, "rows none with 1 columns"),
        ({"param": ""}, "parameters of text and header differ"),
        ({"param": "id string whose"}, "parameters of text and header differ"),
        ({"param": "uid text whose"}, "types are"),
        ({"param": "uid list<date> whose"}, "types are"),
        ({"column": "id string the same"}, "the header says"),
        ({"column": ""}, "the header says"),
        ({"colour": "blue"}, "no header line"),
    ],
)
def test_header_that_lies_is_refused(tmp_path: Path, header: dict[str, str], said: str) -> None:
    with pytest.raises(StatementError, match=said):
        read_statement(write(tmp_path, **header))


def test_second_line_of_a_kind_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text("// mode: write\n" + path.read_text())
    with pytest.raises(StatementError, match="exactly one line 'mode:'"):
        read_statement(path)


def test_header_without_a_statement_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StatementError, match="no statement below"):
        read_statement(write(tmp_path, text=""))


FORBIDDEN = {
    "MATCH (n {uid: $uid})-[:A*]->(m) RETURN m.uid AS uid ORDER BY uid": "variable length",
    "MATCH (n {uid: $uid})-[r:A|B*1..3]->(m) RETURN m.uid AS uid ORDER BY uid": "variable length",
    "MATCH (n {uid: $uid})-[*..4]-(m) RETURN m.uid AS uid ORDER BY uid": "variable length",
    "MATCH (n {uid: $uid})-[:A]->+(m) RETURN m.uid AS uid ORDER BY uid": "quantified path",
    "MATCH (n {uid: $uid}) ((a)-[:A]->(b)){1,3} (m) RETURN m.uid AS uid ORDER BY uid": "quantified path",
    "MATCH p = shortestPath((n {uid: $uid})-[:A]-(m)) RETURN m.uid AS uid ORDER BY uid": "shortest path",
    "MATCH ANY SHORTEST (n {uid: $uid})-[:A]-(m) RETURN m.uid AS uid ORDER BY uid": "shortest path",
    "MATCH (n {uid: $uid}) WHERE n.at < datetime() RETURN n.uid AS uid ORDER BY uid": "clock",
    "MATCH (n {uid: $uid}) WHERE n.at < timestamp() RETURN n.uid AS uid ORDER BY uid": "clock",
    "MATCH (n {uid: $uid}) WHERE rand() < 0.5 RETURN n.uid AS uid ORDER BY uid": "chance",
    "MATCH (n:$($uid)) RETURN n.uid AS uid ORDER BY uid": "not literal",
    "CALL db.labels() YIELD label AS uid WHERE uid = $uid RETURN uid AS uid ORDER BY uid": "procedure",
    "CALL apoc.do.it($uid) YIELD uid RETURN uid AS uid ORDER BY uid": "procedure",
    "LOAD CSV FROM $uid AS row RETURN row AS uid ORDER BY uid": "LOAD CSV",
    "MATCH (n) WHERE elementId(n) = $uid RETURN n.uid AS uid ORDER BY uid": "id of the engine",
    "MATCH (n) WHERE id(n) = $uid RETURN n.uid AS uid ORDER BY uid": "id of the engine",
    "MATCH (n {uid: $uid}) RETURN n.uid AS uid ORDER BY uid; MATCH (n) DETACH DELETE n": "one statement",
    "MATCH (n {uid: $uid}) SET n.x = 1 RETURN n.uid AS uid ORDER BY uid": "a read statement writes",
    "MATCH (n {uid: $uid}) DETACH DELETE n RETURN n.uid AS uid ORDER BY uid": "a read statement writes",
    "MATCH (n {uid: $uid}) RETURN n.uid AS uid": "without ORDER BY",
    "MATCH (n {uid: $uid}) RETURN n.uid AS uid, n.x AS x ORDER BY uid": "the header says",
    "MATCH (n {uid: $uid, x: $x}) RETURN n.uid AS uid ORDER BY uid": "parameters of text and header differ",
    "MATCH (n {uid: '$uid'}) RETURN n.uid AS uid ORDER BY uid": "parameters of text and header differ",
}
FORBIDDEN_WRITES = {
    "MERGE (n:Traceable:Batch {uid: $uid})": "several labels",
    "MERGE (n:Traceable&Batch {uid: $uid})": "several labels",
    "MATCH (a {uid: $uid}), (b {uid: $uid}) MERGE (a)-[:A]->(b)": "MERGE of a link",
    "MATCH (a {uid: $uid}), (b {uid: $uid}) MERGE (a)<-[:A {x: 1}]-(b)": "MERGE of a link",
    "MATCH (n {uid: $uid}) SET n.x = n.x WITH n WHERE n.x = 1 SET n.y = 2": "read afterwards",
}


@pytest.mark.parametrize(("text", "said"), FORBIDDEN.items())
def test_what_an_engine_trips_over_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(StatementError, match=said):
        read_statement(write(tmp_path, text))


@pytest.mark.parametrize(("text", "said"), FORBIDDEN_WRITES.items())
def test_write_that_an_engine_trips_over_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(StatementError, match=said):
        read_statement(write(tmp_path, text, mode="write", rows="none", column=""))


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n {uid: $uid}) WHERE n.note = 'SET it; [:A*] datetime()' RETURN n.uid AS uid ORDER BY uid",
        "MATCH (n {uid: $uid}) // SET; $nothing\nRETURN n.uid AS uid ORDER BY uid",
        "MATCH (n {uid: $uid}) WHERE n.x - [1, 2][0] > n.a * n.b RETURN n.uid AS uid ORDER BY uid",
        "MATCH (n {uid: $uid}) RETURN [x IN n.l | x][0] AS uid ORDER BY uid LIMIT 5",
        "UNWIND [$uid] AS uid CALL (uid) { MATCH (n {uid: uid}) RETURN n } RETURN n.uid AS uid ORDER BY uid",
    ],
)
def test_what_only_looks_forbidden_is_allowed(tmp_path: Path, text: str) -> None:
    assert read_statement(write(tmp_path, text)).text == text


@pytest.mark.parametrize(
    ("type_", "value", "accepted"),
    [
        ("string", "", True),
        ("string", None, False),
        ("string?", None, True),
        ("integer", 1, True),
        ("integer", True, False),
        ("integer", 1.0, False),
        ("boolean", 1, False),
        ("bytes", b"", True),
        ("bytes", "", False),
        ("bytes", bytearray(), False),
        ("map", {}, True),
        ("list<string>", [], True),
        ("list<string>", ("a",), True),
        ("list<string>", ["a", None], False),
        ("list<string>", {"a"}, False),
        ("list<integer>", [True], False),
        ("list<map>", [{}], True),
    ],
)
def test_values_are_held_to_the_types_of_the_header(type_: str, value: object, accepted: bool) -> None:
    assert Field("x", type_, "").accepts(value) is accepted


def test_two_statements_of_one_file_name_live_in_two_areas(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(StatementError, match=r"no statement is called other\.find_things"):
        QueryCatalogue.load(tmp_path).get("other.find_things")
