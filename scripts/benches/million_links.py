"""A generated genealogy: three closures of known size in a graph of about a million links, the same at every run."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

LAYERS = 25
SHIPPED_SHARE = 0.02
PARTIES = 300


@dataclass(frozen=True)
class Part:
    """One closure: lots numbered from `first`; the first of them reaches all the others."""

    name: str
    first: int
    lots: int
    links_per_lot: float


@dataclass
class Plant:
    """links     (source lot, target lot), by number; every target is made by one order of its own.
    shipments  (lot, party), by number.
    """

    parts: tuple[Part, ...]
    links: list[tuple[int, int]] = field(default_factory=list)
    shipments: list[tuple[int, int]] = field(default_factory=list)
    lots: int = 0

    def part(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)


def generate(scale: float = 1.0, random_seed: int = 7) -> Plant:
    """About a million links at scale 1: closures of 100, 10,000 and 200,000 lots, and lots beside them."""
    sizes = (("100", 100, 2.6), ("10,000", 10_000, 2.54), ("200,000", 200_000, 3.15), ("beside", 130_000, 2.6))
    scaled = [(name, max(2, int(lots * scale)) if lots > 10_000 else lots, per_lot) for name, lots, per_lot in sizes]
    return made_of(scaled, random_seed)


def made_of(sizes: Iterable[tuple[str, int, float]], random_seed: int = 7) -> Plant:
    """A plant of closures: name, lots, links a lot."""
    shuffled = random.Random(random_seed)
    parts, first = [], 0
    for name, lots, per_lot in sizes:
        parts.append(Part(name, first, lots, per_lot))
        first += lots
    plant = Plant(tuple(parts), lots=first)
    for part in parts:
        plant.links += _links(part, shuffled)
    for lot in range(first):
        if shuffled.random() < SHIPPED_SHARE:
            plant.shipments.append((lot, shuffled.randrange(PARTIES)))
    return plant


def _links(part: Part, shuffled: random.Random) -> Iterator[tuple[int, int]]:
    """Each lot is made from lots of the layer before it, so that the root reaches everything in `LAYERS` steps."""
    layers = [[part.first]]
    rest = list(range(part.first + 1, part.first + part.lots))
    count = min(LAYERS, len(rest))
    step, extra = divmod(len(rest), count)
    for layer in range(count):
        size = step + (1 if layer < extra else 0)
        layers.append(rest[:size])
        rest = rest[size:]
    whole, part_of = divmod(part.links_per_lot, 1)
    for before, layer_lots in pairwise(layers):
        for lot in layer_lots:
            wanted = int(whole) + (shuffled.random() < part_of)
            for source in shuffled.sample(before, min(wanted, len(before))):
                yield source, lot
