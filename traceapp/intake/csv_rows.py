"""One row of a plain form, read by canonical column names: identities, kinds and scopes as the organisation has them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from traceapp.dictionary.properties import running_dictionary
from traceapp.domain.errors import IdentifierError, InputError
from traceapp.domain.events import LinkStatement, NodeStatement, PropertyValue
from traceapp.domain.identifiers import Identity, gs1_identity, local_identity
from traceapp.domain.kinds import LinkType, NodeKind
from traceapp.domain.organisation import Organisation
from traceapp.domain.scopes import NOWHERE, Scope
from traceapp.formats.gs1 import check_digit, is_gtin
from traceapp.formats.units import parse_unit
from traceapp.intake.csv_columns import Column
from traceapp.intake.csv_values import parse_choice, parse_moment, parse_quantity, parse_zone

GTIN_DIGITS: Final = 14
GLN_DIGITS: Final = 13


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot or a unit that a row names. batch is the lot that a unit belongs to, where the row says so."""

    identity: Identity
    kind: NodeKind
    product: str
    batch: "Lot | None" = None


@dataclass(slots=True)
class Told:
    """What one row tells, gathered while it is read."""

    statements: dict[tuple[Identity, bool], NodeStatement] = field(default_factory=dict)
    links: list[LinkStatement] = field(default_factory=list)
    receipt_number: str | None = None

    @property
    def nodes(self) -> tuple[NodeStatement, ...]:
        return tuple(self.statements.values())

    def state(
        self,
        identity: Identity,
        kind: NodeKind,
        *,
        described: bool = True,
        scope: Scope | None = None,
        properties: Mapping[str, PropertyValue | None] | None = None,
    ) -> Identity:
        """One thing of the row.

        A row that knows no site must not open to all sites what another row puts at one: its scope is then a mention,
        which counts only while nothing describes where the thing is.

        raises  DictionaryError: a property that the kind does not have, or a value that its entry does not allow.
        """
        said = {name: value for name, value in (properties or {}).items() if value is not None}
        if said:
            said = running_dictionary().check(kind, said)
        if described and scope is not None and scope.site == NOWHERE:
            self._keep(NodeStatement(identity, kind, False, scope))
            scope = None
        self._keep(NodeStatement(identity, kind, described, scope, said))
        return identity

    def _keep(self, statement: NodeStatement) -> None:
        """A thing that is stated twice keeps its first scope and all its properties."""
        place = (statement.identity, statement.described)
        known = self.statements.get(place)
        if known is not None:
            properties = {**known.properties, **statement.properties}
            statement = replace(known, scope=known.scope or statement.scope, properties=properties)
        self.statements[place] = statement

    def link(self, link: LinkStatement) -> None:
        self.links.append(link)


@dataclass(frozen=True, slots=True)
class Row:
    """values holds cells that are not empty; digest is of the content, for things that a row names only by itself.

    time  when it happened, in the offset that the row gives.
    """

    values: Mapping[str, str]
    columns: Mapping[str, Column]
    organisation: Organisation
    digest: str
    time: datetime

    def text(self, column: str) -> str | None:
        return self.values.get(column)

    def wanted(self, column: str) -> str:
        """raises  InputError: the cell is empty."""
        value = self.values.get(column)
        if value is None:
            raise InputError(f"{column}: wanted a value, found nothing")
        return value

    def moment(self, column: str) -> datetime | None:
        """raises  InputError: the cell says no time."""
        return moment_of(self.values, column) if column in self.values else None

    def amount(self, prefix: str = "") -> tuple[Decimal | None, str | None]:
        """Quantity and UN/ECE unit code; both or neither.

        raises  InputError, IdentifierError: one without the other, or not a quantity, or not a unit.
        """
        number, unit = self.values.get(f"{prefix}quantity"), self.values.get(f"{prefix}unit")
        if number is None and unit is None:
            return None, None
        if number is None or unit is None:
            lacking = f"{prefix}quantity" if number is None else f"{prefix}unit"
            raise InputError(f"{lacking}: wanted a value, since {prefix}quantity and {prefix}unit only stand together")
        return parse_quantity(f"{prefix}quantity", number), parse_unit(unit)

    def choice(self, column: str) -> str | None:
        text = self.values.get(column)
        return parse_choice(column, text, self.columns[column].choices) if text is not None else None

    def product(self, column: str) -> Identity:
        """A product by its GTIN, or by the code that its owner gives it."""
        code = self.wanted(column)
        if is_product_gtin(column, code):
            return gs1_identity("01", code)
        owner = column.removesuffix("product") + "owner"
        return local_identity("product", self._owner(owner), code)

    def lot(self, prefix: str = "", number: str | None = None) -> Lot:
        """The lot or unit that the columns with this prefix name. number: another column that holds the lot's number.

        raises  InputError, IdentifierError: a part that its identity needs is missing or malformed.
        """
        code = self.wanted(f"{prefix}product")
        serial = self.values.get(f"{prefix}serial")
        printed = self.values.get(number or f"{prefix}number")
        if serial is None and printed is None:
            raise InputError(f"{number or prefix + 'number'}: wanted a number (or {prefix}serial), found nothing")
        batch = None
        if printed is not None:
            identity = self._numbered(prefix, code, printed, "10", "lot")
            batch = Lot(identity, self.organisation.lot_kind(identity), code)
        if serial is None:
            assert batch is not None  # noqa: S101  one of the two was given
            return batch
        return Lot(self._numbered(prefix, code, serial, "21", "unit"), NodeKind.UNIT, code, batch)

    def sibling(self, lot: Lot, number: str) -> Lot:
        """A lot of the same owner and product with another number (a sublot)."""
        parts = lot.identity.parts
        identity = gs1_identity(*parts[:-1], number) if lot.identity.is_gs1 else local_identity(*parts[:-1], number)
        return Lot(identity, self.organisation.lot_kind(identity), lot.product)

    def site(self, owner_column: str = "owner") -> str | None:
        """The site where it happened: as said, else the issuer of the number where that is a site of ours."""
        ours = self.organisation
        said = self.values.get("site")
        if said is not None:
            return ours.locations.get(said, said)
        owner = self.values.get(owner_column)
        if owner is None:
            return None
        return owner if owner in ours.sites else ours.locations.get(owner)

    def scope(self, product: str | None, owner_column: str = "owner") -> Scope:
        return self.organisation.scope(self.site(owner_column), product)

    def party(self, column: str) -> Identity:
        """A party by its code, or by its GLN where the code is one."""
        code = self.wanted(column)
        if is_key(code, GLN_DIGITS):
            return gs1_identity("417", code)
        return local_identity("party", code)

    def place(self, column: str) -> Identity | None:
        """A place by its GLN, or by what the row calls it."""
        said = self.values.get(column)
        if said is None:
            return None
        return gs1_identity("414", said) if is_key(said, GLN_DIGITS) else local_identity("place", said)

    def issued(self, thing: str, *columns: str, number: str) -> Identity:
        """A thing whose number one of these columns issues (the first that is filled): an order, a load, a note.

        number  the column of its number; where it is empty, the row itself is the thing.
        raises  InputError: a number that nobody issued might be anybody's.
        """
        printed = self.values.get(number)
        if printed is None:
            return local_identity(thing, "row", self.digest[:32])
        issuer = next((self.values[column] for column in columns if column in self.values), None)
        if issuer is None:
            raise InputError(f"{columns[0]}: wanted who issued the {number}, found nothing")
        return local_identity(thing, self.organisation.locations.get(issuer, issuer), printed)

    def _numbered(self, prefix: str, code: str, printed: str, key: str, thing: str) -> Identity:
        if is_product_gtin(f"{prefix}product", code):
            return gs1_identity("01", code, key, printed)
        return local_identity(thing, self._owner(f"{prefix}owner"), code, printed)

    def _owner(self, column: str) -> str:
        owner = self.values.get(column) or (self.values.get("supplier") if column == "owner" else None)
        if owner is None:
            raise IdentifierError(f"{column}: wanted the site or supplier that issued the number, since the product is no GTIN")
        return owner


def moment_of(values: Mapping[str, str], column: str) -> datetime:
    """A time of a row, in the zone that the row says.

    raises  InputError: the cell is empty or says no time.
    """
    if column not in values:
        raise InputError(f"{column}: wanted a time, found nothing")
    zone = values.get("time_zone")
    return parse_moment(column, values[column], parse_zone("time_zone", zone) if zone else UTC)


def is_product_gtin(column: str, code: str) -> bool:
    """Whether a product code is a GTIN: fourteen digits.

    raises  IdentifierError: fourteen digits whose last one is not their check digit.
    """
    if len(code) != GTIN_DIGITS or not (code.isascii() and code.isdigit()):
        return False
    if not is_gtin(code):
        raise IdentifierError(f"{column}: wanted a GTIN whose check digit is right, found {code}")
    return True


def is_key(digits: str, length: int) -> bool:
    """Whether a text is a GS1 key of that many digits, the last of which is its check digit."""
    plain = len(digits) == length and digits.isascii() and digits.isdigit()
    return plain and check_digit(digits[:-1]) == digits[-1]


def flow(
    type_: LinkType,
    source: Identity,
    target: Identity,
    row: Row,
    amount: tuple[Decimal | None, str | None] = (None, None),
    /,
    **attributes: str | None,
) -> LinkStatement:
    """A link at the time of the row, with those attributes that say something."""
    quantity, unit = amount
    said = {name: value for name, value in attributes.items() if value is not None}
    return LinkStatement(type_, source, target, row.time, quantity, unit, said)
