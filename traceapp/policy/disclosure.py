"""What of a thing may be told: value, mask or nothing, by one rule for lists, details, neighbours and sources."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from traceapp.dictionary.entries import MaskForm
from traceapp.dictionary.properties import Dictionary
from traceapp.domain.disclosure import Disclosed, Masked, last_characters
from traceapp.domain.kinds import IDENTIFIED_BY, INDEXED_IDENTITIES, NodeKind
from traceapp.domain.rights import Rights

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The fields of one answer to one person.

    wanted     names of fields that were asked for; None for all that the answer tells by itself.
    pseudonym  uid → a name that means the thing within this answer, and nothing in another one.
    """

    rights: Rights
    dictionary: Dictionary
    wanted: frozenset[str] | None
    pseudonym: Callable[[str], str]
    _masks: dict[tuple[str, str], MaskForm | None] = field(default_factory=dict)

    @property
    def whole(self) -> "Disclosure":
        """The same where nothing is left out: what tells things apart is always told."""
        return self if self.wanted is None else replace(self, wanted=None)

    def asks(self, *names: str) -> bool:
        """Whether one of these fields is part of the answer at all."""
        return self.wanted is None or not self.wanted.isdisjoint(names)

    def shows(self, kind: NodeKind, *names: str) -> bool:
        """Whether the values of all these properties may be told."""
        return all(self._mask(kind, name) is None for name in names)

    def identifies(self, kind: NodeKind) -> bool:
        """Whether things of this kind are told by what identifies them. Where that is masked, their uid is too: an id of the
        answer alone stands in its place, with no page behind it, and their own finds nothing. Of a material that has our
        receipt number, that number decides (`usecases/disclosed/node_names.py`).
        """
        return kind not in IDENTIFIED_BY or self.shows(kind, IDENTIFIED_BY[kind]) or self.shows(kind, "identity")

    def searches(self, kind: NodeKind, *names: str) -> bool:
        """Whether things may be looked up, sorted or filtered by these properties: that is reading them."""
        return all(
            not self.dictionary.knows(kind, name)
            or self.dictionary.entry(kind, name).mask_form is MaskForm.VALUE
            or self.rights.searches(kind, name)
            for name in names
        )

    @property
    def finds_all(self) -> bool:
        """Whether a look-up finds everything that carries a number: by what he may see and search alone, whatever there is."""
        return self.rights.everywhere and all(self.searches(kind, IDENTIFIED_BY[kind]) for kind in INDEXED_IDENTITIES)

    def opens(self, kind: NodeKind, name: str) -> bool:
        """Whether the value is needed: to be told, or for what its mask lets through."""
        return self._mask(kind, name) in {None, MaskForm.LAST4}

    def tell(self, kind: NodeKind, name: str, uid: str, value: T) -> Disclosed[T]:
        """The value of a property of one thing, or what stands in its place.

        A property that the dictionary keeps no entry of is one that the service writes itself, such as the number of a
        batch: it is told with the thing.
        """
        form = self._mask(kind, name)
        if form is None:
            return value
        return self._masked(kind, name, uid, form, value)

    def mask(self, kind: NodeKind, name: str, uid: str) -> Masked | None:
        """What stands in place of a value that was not opened; None where it may be told."""
        form = self._mask(kind, name)
        return None if form is None else self._masked(kind, name, uid, form, None)

    def gravest(self, kind: NodeKind, names: Iterable[str]) -> Masked | None:
        """One mask for something that was made of several properties; None where all of them may be told."""
        tiers = [self.dictionary.entry(kind, name).tier.value for name in names if not self.shows(kind, name)]
        return Masked(max(tiers)) if tiers else None

    def _masked(self, kind: NodeKind, name: str, uid: str, form: MaskForm, value: object) -> Masked:
        tier = self.dictionary.entry(kind, name).tier.value
        match form:
            case MaskForm.LAST4:
                return Masked(tier, last_characters(value))
            case MaskForm.PSEUDONYM:
                return Masked(tier, self.pseudonym(uid))
            case _:
                return Masked(tier)

    def _mask(self, kind: NodeKind, name: str) -> MaskForm | None:
        """How the property is masked for this person; None where it is not."""
        key = (kind, name)
        if key not in self._masks:
            self._masks[key] = self._form(kind, name)
        return self._masks[key]

    def _form(self, kind: NodeKind, name: str) -> MaskForm | None:
        if not self.dictionary.knows(kind, name):
            return None
        form = self.dictionary.entry(kind, name).mask_form
        return None if form is MaskForm.VALUE or self.rights.shows(kind, name) else form
