"""What happens again and again on the shop floor: receive, make, inspect, release, ship; each writes its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from traceapp.demo.batch_records import PARAMETERS
from traceapp.demo.books import Books, Lot
from traceapp.demo.catalogue import BOUGHT, MACHINES, OPERATORS, operator

UNITS = {product.code: product.unit for product in BOUGHT}
OWNERS = {product.code: product.owner for product in BOUGHT}


@dataclass(slots=True)
class Pile:
    """What is left of a lot in a store."""

    lot: Lot
    left: int
    unit: str


@dataclass(slots=True)
class ShopFloor:
    """The plant at work: what lies in its stores, and the numbers it has given out."""

    books: Books
    chance: Random
    piles: dict[tuple[str, str], list[Pile]] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)

    def next_number(self, prefix: str, width: int = 3) -> str:
        self.given[prefix] = self.given.get(prefix, 0) + 1
        return f"{prefix}{self.given[prefix]:0{width}}"

    def receive(self, product: str, site: str, quantity: int, time: datetime, printed: str = "") -> Lot:
        """A lot comes in, under the supplier's number and ours."""
        supplier = OWNERS[product]
        receipt = self.next_number(f"RM-{time:%y}-1", 3)
        lot = Lot(supplier, product, printed or f"{supplier[2:4]}{time:%y%m%d}-{self.chance.randrange(100, 999)}")
        self.books.write(
            "receipt",
            time,
            supplier=supplier,
            product=product,
            supplier_lot=lot.number,
            receipt_number=receipt,
            quantity=quantity,
            unit=UNITS[product],
            site=site,
            expires=f"{time + timedelta(days=730):%Y-%m-%d}",
        )
        self.put(lot, site, quantity, UNITS[product])
        return lot

    def put(self, lot: Lot, site: str, quantity: int, unit: str) -> None:
        self.piles.setdefault((site, lot.product), []).append(Pile(lot, quantity, unit))

    def take(self, product: str, site: str, quantity: int) -> list[Pile]:
        """Oldest first; two lots meet where one runs out."""
        taken: list[Pile] = []
        piles = self.piles.get((site, product), [])
        while quantity and piles:
            used = min(piles[0].left, quantity)
            taken.append(Pile(piles[0].lot, used, piles[0].unit))
            piles[0].left -= used
            quantity -= used
            if not piles[0].left:
                piles.pop(0)
        return taken

    def make(
        self,
        order: str,
        step: str,
        site: str,
        time: datetime,
        inputs: Sequence[Pile],
        made: Lot,
        quantity: int,
        unit: str,
        pair: str = "",
    ) -> None:
        """One row per input; the order is one transformation, and its first row says how much came out."""
        for place, pile in enumerate(inputs):
            self.books.write(
                "consumption",
                time,
                pile.lot.cells("from_"),
                made.cells("to_"),
                quantity=pile.left,
                unit=pile.unit,
                to_quantity=quantity if place == 0 else None,
                to_unit=unit if place == 0 else None,
                site=site,
                order=order,
                pair=pair,
                step=step,
            )

    def work(self, order: str, step: str, site: str, time: datetime, hours: int, kind: str = "ordinary") -> None:
        """The order ran on a machine, by an operator."""
        machine = self.chance.choice([machine for machine in MACHINES if machine.site == site and machine.step == step])
        person = operator(self.chance.choice(OPERATORS[site]))
        self.books.write(
            "process-step",
            time,
            order=order,
            step=step,
            equipment=machine.code,
            operator=person,
            role="operator",
            ended_at=f"{time + timedelta(hours=hours):%Y-%m-%dT%H:%MZ}",
            process_kind=kind,
            process_parameters=PARAMETERS.get(step) if kind != "ordinary" else None,
            site=site,
        )

    def inspect(
        self, lot: Lot, site: str, time: datetime, characteristic: str, value: str, result: str = "passed", wanted: str = ""
    ) -> None:
        """What failed gets a non-conformance report. wanted: what the specification asks."""
        number = self.next_number(f"QC-{site[0]}{time:%y}-", 4)
        inspector = operator(self.chance.choice(OPERATORS[site]))
        self.books.write(
            "inspection",
            time,
            lot.cells(),
            inspection_number=number,
            result=result,
            characteristic=characteristic,
            value=value,
            specification=wanted,
            inspector=inspector,
            ncr_number=self.next_number(f"NCR-{time:%y}-1") if result == "failed" else None,
            site=site,
        )

    def release(self, lot: Lot, site: str, time: datetime, stage: str = "market") -> None:
        releaser = operator(self.chance.choice(OPERATORS[site]))
        self.books.write("release", time, lot.cells(), stage=stage, decision="released", releaser=releaser, site=site)

    def ship(
        self, lot: Lot, site: str, time: datetime, shipment: str, consignee: str, quantity: int | Decimal, unit: str = "EA"
    ) -> bool:
        """False where it has not happened yet."""
        return self.books.write(
            "shipment",
            time,
            lot.cells(),
            shipment=shipment,
            consignee=consignee,
            quantity=quantity,
            unit=unit,
            site=site,
            shipper=site,
        )

    def forward(self, lot: Lot, shipper: str, time: datetime, shipment: str, consignee: str, quantity: int) -> None:
        """A distributor tells that he sent a lot on."""
        self.books.write(
            "shipment", time, lot.cells(), shipment=shipment, consignee=consignee, quantity=quantity, unit="EA", shipper=shipper
        )
