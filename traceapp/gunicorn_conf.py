"""Settings of gunicorn, read as `--config python:traceapp.gunicorn_conf`.

No access log: an address holds batch numbers, and who looked at what stands in the ledger. No control socket. Nothing
is loaded before the fork, so that every worker opens its own connections.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Any

from traceapp.settings import read_settings

_settings = read_settings()
_PR_SET_PDEATHSIG = 1

_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host
bind = f"{_host}:{_settings.port}" if _settings.listener is None else f"fd://{_settings.listener}"
workers = _settings.workers
worker_class = "gthread"
threads = 8
timeout = 120
graceful_timeout = 10
keepalive = 5
preload_app = False
accesslog = None
loglevel = _settings.log_level.lower()
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  a heartbeat must not wait for a disk
proc_name = "traceapp"


def on_starting(_server: Any) -> None:
    """End with the service that started us, even where it is killed; started by hand, gunicorn stands alone."""
    if _settings.parent is None:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != _settings.parent:
        sys.exit(0)


def worker_exit(_server: Any, worker: Any) -> None:
    """Give the connections of this worker back."""
    from traceapp.web.stations import close_stations

    application = getattr(worker, "wsgi", None)  # not there where the application could not be loaded
    if application is not None:
        close_stations(application)
