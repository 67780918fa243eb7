"""The entry point of gunicorn: settings and keys are read here, stations at each worker's first request."""

from traceapp.app import create_app
from traceapp.composition import build_measure, build_stations, session_key, spare_collections
from traceapp.settings import read_settings
from traceapp.web.host_names import HostNames

_settings = read_settings()
app = create_app(
    lambda: build_stations(_settings),
    session_key(_settings),
    _settings.home,
    _settings.trusted_proxies,
    HostNames((_settings.host, *_settings.host_names), _settings.tls_cert_file),
    build_measure(_settings),
)
spare_collections()
