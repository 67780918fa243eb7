"""The application with its store down, for a real gunicorn."""

from traceapp.app import create_app
from traceapp.domain.errors import StoreUnavailableError
from traceapp.usecases.stations import Stations


def _no_stations() -> Stations:
    raise StoreUnavailableError("the store is down")


app = create_app(_no_stations, b"only for tests, thirty-two bytes")
