"""Every statement that may reach the store: one file each under `cypher/`, with a strict header.

```
// name:   head.get_head
// does:   the record sequence of the last committed group
// mode:   read            read | write | schema
// rows:   one             none | one | many (ordered by the statement) | set (order has no meaning)
// param:  see        list<integer>  what it is
// column: seq        integer        what it is
// bounds: one index seek
```
Types: string, integer, boolean, bytes, map, list, and `list<…>` of one of them; a trailing `?` allows null.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from traceapp.domain.errors import StatementError

MODES: Final = frozenset({"read", "write", "schema"})
ROWS: Final = frozenset({"none", "one", "many", "set"})
ONCE: Final = ("name", "does", "mode", "rows", "bounds")
TYPES: Final[Mapping[str, type]] = {"string": str, "integer": int, "boolean": bool, "bytes": bytes, "map": dict, "list": list}

HEADER_LINE = re.compile(r"^//\s*(?P<key>[a-z]+):\s+(?P<value>\S.*?)\s*$")
TYPE = re.compile(r"^(?:(?P<scalar>[a-z]+)|list<(?P<element>[a-z]+)>)(?P<null>\?)?$")
LITERAL = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|//[^\n]*|/\*.*?\*/", re.DOTALL)
PARAMETER = re.compile(r"\$([A-Za-z_]\w*)")
FORBIDDEN: Final = (
    (re.compile(r"-\s*\[\s*\w*\s*(?::[^\]{]*)?\*"), "a hop of variable length: one engine enumerates every path"),
    (re.compile(r"->\s*[+*]|\)\s*\{\s*\d*\s*,\s*\d*\s*\}|\)\)\s*[+*]\s*\("), "a quantified path"),
    (re.compile(r"\bshortest(?:path)?\b|\ballshortestpaths\b", re.IGNORECASE), "a shortest path"),
    (
        re.compile(r"\b(?:datetime|localdatetime|date|time|localtime|timestamp|rand|randomuuid)\s*[.(]", re.IGNORECASE),
        "a clock or chance",
    ),
    (re.compile(r"\$\s*\("), "a label or type that is not literal"),
    (re.compile(r"\bcall\s+\w+\s*\.|\bapoc\s*\.", re.IGNORECASE), "a procedure"),
    (re.compile(r"\bload\s+csv\b", re.IGNORECASE), "LOAD CSV"),
    (re.compile(r"\bmerge\s*\(\s*\w*\s*:\s*\w+\s*[:&]", re.IGNORECASE), "MERGE of several labels: writers who disagree hang"),
    (
        re.compile(r"\bmerge\s*(?:\w+\s*=\s*)?\([^()]*\)\s*<?-", re.IGNORECASE),
        "MERGE of a link: links are created with their event",
    ),
    (re.compile(r"\b(?:elementid|id)\s*\(", re.IGNORECASE), "an id of the engine"),
    (  # a counter that goes up is another thing: what is told of it afterwards is the new value
        re.compile(r"\bset\s+(\w+\.\w+)\s*=\s*\1\b(?!\s*[-+*/]).*\b\1\b", re.IGNORECASE | re.DOTALL),
        "a record taken by a property that is read afterwards: Neo4j tells what it held before it was taken",
    ),
)
WRITES = re.compile(r"\b(?:create|merge|set|remove|delete)\b", re.IGNORECASE)
RETURN = re.compile(r"\breturn\b(?:\s+distinct\b)?", re.IGNORECASE)
RETURN_END = re.compile(r"\b(?:order\s+by|skip|limit)\b", re.IGNORECASE)
ALIAS = re.compile(r"\bas\s+(\w+)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a column: its name, its type as the header writes it, its meaning."""

    name: str
    type: str
    meaning: str

    def accepts(self, value: object) -> bool:
        """Whether the value is of this type; True is no integer here, and a tuple is a list."""
        found = TYPE.match(self.type)
        if found is None:
            return False
        if value is None:
            return found["null"] is not None
        if found["scalar"]:
            return type(value) is TYPES[found["scalar"]]
        wanted = TYPES[found["element"]]
        return isinstance(value, list | tuple) and all(type(item) is wanted for item in value)


@dataclass(frozen=True, slots=True)
class Statement:
    """One file of the catalogue; `text` is what is sent, without the header."""

    name: str
    does: str
    mode: str
    rows: str
    bounds: str
    parameters: Mapping[str, Field]
    columns: tuple[Field, ...]
    text: str

    def check(self, values: Mapping[str, Any]) -> None:
        """Both ways: nothing missing, nothing unknown, every value of its type. The message names, and shows no value.

        raises  StatementError
        """
        if values.keys() != self.parameters.keys():
            missing, unknown = sorted(self.parameters.keys() - values.keys()), sorted(values.keys() - self.parameters.keys())
            raise StatementError(f"{self.name}: missing parameters {missing}, unknown parameters {unknown}")
        for name, field in self.parameters.items():
            if not field.accepts(values[name]):
                raise StatementError(f"{self.name}: ${name} wants {field.type}, found {type(values[name]).__name__}")


class QueryCatalogue:
    """All statements by name, `<area>.<file stem>`, checked when it is built."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.statements: Mapping[str, Statement] = {statement.name: statement for statement in statements}

    @classmethod
    def load(cls, root: Path) -> "QueryCatalogue":
        """Read `root/<area>/*.cypher`, schema steps excepted (`schema.py` reads those).

        raises  StatementError: names the file and what is wrong in it.
        """
        files = sorted(path for path in root.glob("*/*.cypher") if path.parent.name != "schema")
        return cls(read_statement(path) for path in files)

    def get(self, name: str) -> Statement:
        try:
            return self.statements[name]
        except KeyError:
            raise StatementError(f"no statement is called {name}") from None


@cache
def statements_root() -> Path:
    """`traceapp/cypher` inside an installed wheel, `cypher` beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for candidate in (package / "cypher", package.parent / "cypher"):
        if candidate.is_dir():
            return candidate
    raise StatementError("the folder of statements is missing from this installation")


@cache
def load_catalogue() -> QueryCatalogue:
    return QueryCatalogue.load(statements_root())


def read_statement(path: Path) -> Statement:
    """One file: header, then the statement. raises StatementError."""
    name = f"{path.parent.name}.{path.stem}"
    header, text = split_header(path.read_text(encoding="utf-8"), name)
    statement = Statement(
        name=header["name"][0],
        does=header["does"][0],
        mode=header["mode"][0],
        rows=header["rows"][0],
        bounds=header["bounds"][0],
        parameters={field.name: field for field in map(_field, header.get("param", []))},
        columns=tuple(map(_field, header.get("column", []))),
        text=text,
    )
    if statement.name != name:
        raise StatementError(f"{name}: the header calls it {statement.name}")
    _check_statement(statement)
    return statement


def split_header(source: str, name: str) -> tuple[dict[str, list[str]], str]:
    """The header as lists by key, and the text below it. raises StatementError."""
    header: dict[str, list[str]] = {}
    lines = source.splitlines()
    text = ""
    for position, line in enumerate(lines):
        if not line.startswith("//"):
            text = "\n".join(lines[position:]).strip()
            break
        found = HEADER_LINE.match(line)
        if found is None or found["key"] not in (*ONCE, "param", "column"):
            raise StatementError(f"{name}: line {position + 1} is no header line: {line}")
        header.setdefault(found["key"], []).append(found["value"])
    if not text:
        raise StatementError(f"{name}: there is no statement below the header")
    for key in ONCE:
        if len(header.get(key, [])) != 1:
            raise StatementError(f"{name}: the header needs exactly one line '{key}:'")
    return header, text


def _field(value: str) -> Field:
    name, type_, meaning = [*value.split(None, 2), "", ""][:3]
    found = TYPE.match(type_)
    if found is None or (found["scalar"] or found["element"]) not in TYPES:
        raise StatementError(
            f"header line '{value}' wants: name, type, meaning; types are {', '.join(TYPES)}, list<…>, with ? for null"
        )
    return Field(name, type_, meaning)


def _check_statement(statement: Statement) -> None:
    name, bare = statement.name, LITERAL.sub("''", statement.text)
    if statement.mode not in MODES or statement.mode == "schema":
        raise StatementError(f"{name}: mode {statement.mode} is none of read, write")
    if statement.rows not in ROWS:
        raise StatementError(f"{name}: rows {statement.rows} is none of {', '.join(sorted(ROWS))}")
    for pattern, what in FORBIDDEN:
        if pattern.search(bare):
            raise StatementError(f"{name}: it uses {what}")
    if ";" in bare:
        raise StatementError(f"{name}: one statement a file")
    used = set(PARAMETER.findall(bare))
    if used != statement.parameters.keys():
        raise StatementError(f"{name}: parameters of text and header differ: {sorted(used ^ statement.parameters.keys())}")
    returned = returned_columns(bare)
    if returned != tuple(column.name for column in statement.columns):
        raise StatementError(
            f"{name}: it returns {list(returned)}, the header says {[column.name for column in statement.columns]}"
        )
    if statement.mode == "read" and WRITES.search(bare):
        raise StatementError(f"{name}: a read statement writes")
    if (statement.rows == "none") != (not statement.columns):
        raise StatementError(f"{name}: rows {statement.rows} with {len(statement.columns)} columns")
    if statement.rows == "many" and not re.search(r"\border\s+by\b", bare, re.IGNORECASE):
        raise StatementError(f"{name}: many rows without ORDER BY")


def returned_columns(bare: str) -> tuple[str, ...]:
    """Column names of the last RETURN that stands outside every bracket; strings are blanked already."""
    flat = _blank_brackets(bare)
    found = list(RETURN.finditer(flat))
    if not found:
        return ()
    start = found[-1].end()
    end = RETURN_END.search(flat, start)
    columns = []
    for part in flat[start : end.start() if end else len(flat)].split(","):
        alias = ALIAS.search(part)
        columns.append(alias[1] if alias else part.strip())
    return tuple(columns)


def _blank_brackets(text: str) -> str:
    depth, result = 0, []
    for character in text:
        if character in "([{":
            depth += 1
            result.append(" ")
        elif character in ")]}":
            depth -= 1
            result.append(" ")
        else:
            result.append(character if depth == 0 else " ")
    return "".join(result)
