"""The lots of the resin story; see `resin.py` for what became of them."""

from datetime import UTC, datetime
from typing import Final

from traceapp.demo.books import Lot
from traceapp.demo.catalogue import BULK_SET, CHAMBER, COMPOUND, INFUSION_SET, INFUSION_SET_CN, LYON, SUZHOU, TUBE

RESIN: Final = Lot("S-POLY", "PVC-R7", "PX-88213/B")
OTHER_RESIN: Final = Lot("S-POLY", "PVC-R7", "PX-88214")
PLASTICISER: Final = Lot("S-CHEM", "PLAST-2", "CH260203-77")
NEEDLES: Final = Lot("S-NEED", "NEEDLE-07", "NE２６０２")
"""In full-width digits, as the supplier's label has them."""
UNKNOWN_GLUE: Final = Lot("S-CHEM", "GLUE-70", "GL-UNBOOKED-7")
"""Used, but nobody ever booked it in: unresolved in every backward trace of F26-301."""

C021, C024A, C024B = (Lot(LYON, COMPOUND, number) for number in ("C26-021", "C26-024A", "C26-024B"))
T101, T102, T103 = (Lot(LYON, TUBE, number) for number in ("T26-101", "T26-102", "T26-103"))
CH031, CH032 = (Lot(LYON, CHAMBER, number) for number in ("CH26-031", "CH26-032"))
S201, S202, S203, S205, W011 = (Lot(LYON, BULK_SET, number) for number in ("S26-201", "S26-202", "S26-203", "S26-205", "W26-011"))
S204: Final = Lot(SUZHOU, BULK_SET, "S26-204")
F301, F302, F303, F305 = (Lot("", INFUSION_SET, number) for number in ("F26-301", "F26-302", "F26-303", "F26-305"))
F304, F304A, F304B = (Lot("", INFUSION_SET_CN, number) for number in ("F26-304", "F26-304-A", "F26-304-B"))
F301R: Final = Lot("", INFUSION_SET, "F26-301-R1")


def day(text: str) -> datetime:
    """`02-11 08:00` in 2026, UTC."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
