"""The picture of the trace page in `docs/`, made again from the demo: `scripts/screenshot`."""

import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.browser.browsing import WIDE, chromium, window
from tests.browser.service import DemoService

ADDRESS: Final = "/traces?number=RM-26-0417&direction=forward"
FILE: Final = Path(__file__).resolve().parents[2] / "docs" / "trace-page.png"
LAST_LANE: Final = "svg.picture .t-head >> nth=0"
BELOW: Final = 438
"""How much of the lanes is shown under their heads."""


def main(arguments: list[str]) -> int:
    if len(arguments) > 1:
        print("scripts/screenshot [FILE]", file=sys.stderr)
        return 2
    target = Path(arguments[0]) if arguments else FILE
    with tempfile.TemporaryDirectory(prefix="traceapp-screenshot-") as folder:
        print("starting the service with the demo …", file=sys.stderr)
        with DemoService(Path(folder) / "home") as service, chromium() as browser, window(browser, service.url) as opened:
            opened.sign_in("coordinator", service.password("coordinator"))
            opened.open(ADDRESS)
            place = opened.page.locator(LAST_LANE).bounding_box()
            assert place is not None
            area = {"x": 0.0, "y": 0.0, "width": float(WIDE), "height": place["y"] + BELOW}
            opened.page.screenshot(path=target, full_page=True, clip=area)  # type: ignore[arg-type]
    print(f"{target}: {target.stat().st_size // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
