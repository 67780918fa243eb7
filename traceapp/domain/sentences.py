"""English sentences that can be said in another language: what they were made of is kept beside them."""

from collections.abc import Mapping
from typing import Self


class Sentence(str):
    """The sentence, filled in; `template` has blanks such as `%(role)s`, for which `values` stand."""

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, **values: object) -> Self:
        made = super().__new__(cls, template % values)
        made.template = template
        made.values = values
        return made
