"""What is asked of moves of sites and product lines, read from a body; `reading.py` says how."""

from typing import Annotated

from pydantic import Field

from traceapp.domain.places import LONGEST
from traceapp.web.reading import Strict

Code = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class MoveBody(Strict):
    """A site that becomes another, or a product line: of one site where one is named, else of every site."""

    site: Annotated[Code | None, Field(description="Code of the site; of a line at every site none.")] = None
    line: Annotated[Code | None, Field(description="Code of the product line; of a whole site none.")] = None
    to_site: Annotated[Code | None, Field(description="Where it belongs from then on; none where it stays at its site.")] = None
    to_line: Annotated[Code | None, Field(description="The line that it is from then on; none where it stays the same.")] = None
    follow: Annotated[bool, Field(description="Whether views of accounts that name the old place name the new one then.")] = False
