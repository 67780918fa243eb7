"""Settings of gunicorn, read as `--config python:traceapp.gunicorn_conf`.

No access log: an address holds batch numbers, and who looked at what stands in the ledger. No control socket. Nothing
is loaded before the fork, so that every worker opens its own connections.
"""

import ctypes
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from traceapp.host.process_memory import close_memory
from traceapp.host.tls import ServerTls
from traceapp.settings import read_settings


class QuietLogger(Logger):  # type: ignore[misc]
    """gunicorn's own, without what a caller sent: addresses hold batch numbers, and a broken header line may hold a token."""

    def debug(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Its debug lines are addresses and settings."""

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        words = str(msg)
        cut = words.partition(": ")[0] if words.startswith("Invalid request from ip=") else msg
        super().warning(cut, *args, **kwargs)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Which line of the program it was, and of what kind; neither the address nor the words of the error."""
        error = sys.exc_info()[1]
        place = traceback.extract_tb(error.__traceback__)[-1] if error is not None and error.__traceback__ is not None else None
        where = f" at {Path(place.filename).name}:{place.lineno}" if place is not None else ""
        super().error("%s: %s%s", str(msg).partition("%")[0].strip(), type(error).__name__, where)


logger_class = QuietLogger
close_memory()  # workers are forked off and have it from here
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
# A proxy's word counts only from where the settings say that one stands; the environment of gunicorn decides nothing.
forwarded_allow_ips = ",".join(map(str, _settings.trusted_proxies))
forwarder_headers = ""
proxy_protocol = "off"
certfile = str(_settings.tls_cert_file) if _settings.tls_cert_file is not None else None
keyfile = str(_settings.tls_key_file) if _settings.tls_key_file is not None else None

if _settings.tls_cert_file is not None and _settings.tls_key_file is not None:
    _tls = ServerTls(_settings.tls_cert_file, _settings.tls_key_file)

    def ssl_context(_config: Any, _default: Any) -> ServerTls:
        """Asked at every connection; what gunicorn wants of it is `wrap_socket`."""
        return _tls


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
