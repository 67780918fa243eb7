"""What a distributor reports in EPCIS 2.0: goods packed on a pallet, sent on, and put into kits whose lots nobody kept."""

import json
from pathlib import Path
from typing import Any, Final

from traceapp.demo.catalogue import BANGKOK, DISTRIBUTOR_ASIA, INFUSION_SET_CN, SPARE_KIT, with_check_digit
from traceapp.demo.resin_lots import F304B

PALLET: Final = "https://id.gs1.org/00/" + with_check_digit("09521003000000041")
LOT: Final = f"https://id.gs1.org/01/{INFUSION_SET_CN}/10/{F304B.number}"
CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def write_partner_events(path: Path) -> None:
    """One EPCIS document, the same bytes every time."""
    document = {
        "@context": [CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-05-04T02:00:00Z",
        "epcisBody": {"eventList": [_packed(), _sent(), _received(), _kits()]},
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="")


def _event(number: int, type_: str, time: str, step: str, **more: Any) -> dict[str, Any]:
    return {
        "type": type_,
        "eventID": f"urn:uuid:95210000-d130-4000-8000-{number:012}",
        "eventTime": time,
        "eventTimeZoneOffset": "+08:00",
        "bizStep": step,
        **more,
    }


def _lot(quantity: int) -> list[dict[str, Any]]:
    return [{"epcClass": LOT, "quantity": quantity, "uom": "EA"}]


def _packed() -> dict[str, Any]:
    return _event(
        1, "AggregationEvent", "2026-04-27T10:00:00+08:00", "packing", action="ADD", parentID=PALLET, childQuantityList=_lot(1500)
    )


def _sent() -> dict[str, Any]:
    return _event(
        2, "ObjectEvent", "2026-04-28T09:00:00+08:00", "shipping", action="OBSERVE", epcList=[PALLET], **_parties("DE-TH-0077")
    )


def _received() -> dict[str, Any]:
    """The hospital confirms the same despatch advice: one delivery, told twice."""
    return _event(
        3, "ObjectEvent", "2026-04-30T16:00:00+08:00", "receiving", action="OBSERVE", epcList=[PALLET], **_parties("DE-TH-0077")
    )


def _parties(advice: str) -> dict[str, Any]:
    return {
        "bizTransactionList": [{"type": "desadv", "bizTransaction": f"urn:epcglobal:cbv:bt:{DISTRIBUTOR_ASIA}:{advice}"}],
        "sourceList": [{"type": "possessing_party", "source": f"https://id.gs1.org/417/{DISTRIBUTOR_ASIA}"}],
        "destinationList": [{"type": "possessing_party", "destination": f"https://id.gs1.org/417/{BANGKOK}"}],
    }


def _kits() -> dict[str, Any]:
    return _event(
        4,
        "TransformationEvent",
        "2026-05-04T10:00:00+08:00",
        "assembling",
        inputQuantityList=_lot(200),
        outputQuantityList=[{"epcClass": f"https://id.gs1.org/01/{SPARE_KIT}", "quantity": 200, "uom": "EA"}],
    )
