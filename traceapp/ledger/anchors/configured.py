"""The anchors that the settings name."""

from collections.abc import Callable
from functools import partial
from typing import Final

from traceapp.domain.clock import Clock
from traceapp.domain.errors import SettingsError
from traceapp.host.outbound import OutboundGuard
from traceapp.host.outbound_call import post
from traceapp.ledger.anchors.port import Anchor
from traceapp.ledger.anchors.second_copy import SecondCopy, shares_disk
from traceapp.ledger.anchors.states import anchors_folder
from traceapp.ledger.anchors.time_stamp import QUERY, TimeStamps, read_roots
from traceapp.ledger.anchors.witness import WitnessDrop
from traceapp.ledger.signed_notes import WitnessKey
from traceapp.settings import Settings

STAMP_SECONDS: Final = 3600.0
"""Between two time stamps."""


def build_anchors(settings: Settings, origin: str, clock: Clock, say: Callable[[str], None]) -> list[Anchor]:
    """origin  the name that the ledger signs under.
    raises  SettingsError: one of them cannot be used as it is set up. OSError: the ledger's own folder cannot be written.
    """
    kept, every, made = anchors_folder(settings.home), settings.anchor_every, list[Anchor]()
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.anchor_witness is not None and settings.anchor_witness_key is not None:
        try:
            key = WitnessKey.parse(settings.anchor_witness_key)
        except ValueError:
            raise SettingsError("TRACEAPP_ANCHOR_WITNESS_KEY: wanted what traceapp-witness --make-key prints") from None
        made.append(WitnessDrop(settings.anchor_witness, kept, key, every))
    if settings.anchor_tsa is not None and settings.anchor_tsa_ca_file is not None:
        guard = OutboundGuard(settings.outbound_hosts, settings.outbound_networks)
        roots = read_roots(settings.anchor_tsa_ca_file, "TRACEAPP_ANCHOR_TSA_CA_FILE")
        made.append(TimeStamps(partial(post, guard, settings.anchor_tsa, kind=QUERY), roots, kept, STAMP_SECONDS))
    if settings.anchor_copy is not None:
        try:
            if shares_disk(settings.anchor_copy, settings.home):
                say(f"warning: {settings.anchor_copy} lies on the disk of the ledger; as an anchor it wants another one")
        except OSError as error:
            raise SettingsError(f"TRACEAPP_ANCHOR_COPY: {settings.anchor_copy} cannot be used ({error.strerror})") from None
        made.append(SecondCopy(settings.anchor_copy, origin, clock, every))
    return made
