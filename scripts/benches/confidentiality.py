"""scripts/bench confidentiality [--json FILE]

What confidentiality costs. Each part measures by itself; figures of a second are of one core.

  --json FILE   also write [{"figure", "value", "unit", "ratio_to", "ratio"}, …]
"""

import argparse
from pathlib import Path

from confidentiality_sealing import sealing
from figures import Figure, show, write

PARTS = (sealing,)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found: list[Figure] = [figure for part in PARTS for figure in part()]
    show("Confidentiality", found)
    write(options.json, found)


if __name__ == "__main__":
    main()
