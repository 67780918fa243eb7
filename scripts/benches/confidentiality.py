"""scripts/bench confidentiality [--json FILE] [--stores embedded,neo4j] [--line 5.26] [--samples 10000]

What confidentiality costs and what it gives away, each figure beside its aim: sealing and opening, checking record MACs (figures
of one core), how much longer a number takes that exists outside the view than one that nobody knows; on Neo4j a walk with the
rights in its statements beside one without, and a whole trace with record MACs beside one without.

  --json FILE   also write [{"figure", "value", "unit", "ratio_to", "ratio"}, …]
  --stores ""   only what needs no store
"""

import argparse
from pathlib import Path

from confidentiality_filter import STORE, filtering
from confidentiality_macs import macs
from confidentiality_sealing import sealing
from confidentiality_timing import measure
from figures import Figure, show, write
from stores import STORES

PARTS = (sealing, macs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--stores", default=",".join(STORES))
    parser.add_argument("--line", default="5.26")
    parser.add_argument("--samples", type=int, default=10_000)
    options = parser.parse_args()
    found: list[Figure] = [figure for part in PARTS for figure in part()]
    for name in filter(None, options.stores.split(",")):
        found += measure(name, options.line, options.samples)
    if STORE in options.stores.split(","):
        found += filtering(options.line)
    show("Confidentiality", found)
    write(options.json, found)
    missed = [one.figure for one in found if one.reached is False]
    if missed:
        print(f"not reached: {'; '.join(missed)}")


if __name__ == "__main__":
    main()
