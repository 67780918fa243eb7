"""What the record of a finished batch says beside what happened to it: who answers for it, what it is, how it was made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from traceapp.demo.books import Lot
from traceapp.demo.catalogue import HIP_STEM, INFUSION_SET, INFUSION_SET_CN, KNEE_TRAY, MADE, MAKERS, REGISTRANT

PARAMETERS: Final = {
    "compounding": "40 min, 118 °C at discharge",
    "extrusion": "178 °C at the die, 22 m/min",
    "moulding": "195 °C, 62 bar, cycle 21 s",
    "assembly": "bond cured 4 s under UV, pull test 15 N",
    "sterilisation": "ethylene oxide 600 mg/l, 54 °C, 6 h, aeration 72 h",
    "forging": "940 °C, three blows, air cooled",
    "machining": "programme 7, tool life below 80 %",
    "printing": "layer 50 µm, argon, 0.1 % oxygen",
}
"""How a step is set, by its name."""
KINDS: Final = {"compounding": "key", "extrusion": "key", "sterilisation": "special"}
"""Steps of infusion sets that are more than ordinary."""


@dataclass(frozen=True, slots=True)
class Making:
    """How a product is made, as its record says."""

    environment: str
    key_processes: str
    special_processes: str
    parameters: str


SETS: Final = Making(
    "ISO 7, 20–24 °C, 45–60 % RH",
    "compounding, extrusion, bonding",
    "ethylene oxide sterilisation",
    PARAMETERS["sterilisation"],
)
IMPLANTS: Final = "25 kGy at least, contract irradiation, dose by dosimeter in every load"
MAKING: Final = {
    INFUSION_SET: SETS,
    INFUSION_SET_CN: SETS,
    HIP_STEM: Making(
        "ISO 8 for packing, 18–26 °C", "forging, machining of the taper", "passivation, gamma sterilisation", IMPLANTS
    ),
    KNEE_TRAY: Making(
        "ISO 8 for packing, 18–26 °C", "additive manufacturing, machining", "heat treatment, gamma sterilisation", IMPLANTS
    ),
}
PRODUCTS: Final = {product.code: product for product in MADE}


def udi(lot: Lot, made: datetime, expires: datetime) -> dict[str, str]:
    """Device identifier and production identifier, the latter as it is printed under the symbol."""
    serial = f"(21){lot.serial}" if lot.serial else ""
    return {"udi_di": lot.product, "udi_pi": f"(11){made:%y%m%d}(17){expires:%y%m%d}(10){lot.number}{serial}"}


def finished_record(lot: Lot, site: str, made: datetime, expires: datetime, quantity: int | str, load: str) -> dict[str, str]:
    """Cells of the form batch-record for a lot of finished goods.

    quantity  pieces made.   load  its sterilisation lot.
    """
    product, making = PRODUCTS[lot.product], MAKING[lot.product]
    return {
        "site": site,
        "registration_certificate": product.certificate,
        "model": product.model,
        "specification": product.specification,
        "registrant": REGISTRANT,
        "contract_maker": MAKERS[site],
        **udi(lot, made, expires),
        "sterilisation_lot": load,
        "production_date": f"{made:%Y-%m-%d}",
        "expiry_date": f"{expires:%Y-%m-%d}",
        "quantity_made": str(quantity),
        "quantity_unit": product.unit,
        "environment": making.environment,
        "key_processes": making.key_processes,
        "special_processes": making.special_processes,
        "process_parameters": making.parameters,
    }
