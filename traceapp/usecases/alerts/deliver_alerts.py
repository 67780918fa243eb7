"""Alerts go out to the sinks that the settings name, each until it has them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from traceapp.domain.alerts import Alert
from traceapp.domain.errors import AlertDeliveryError
from traceapp.usecases.watch_stations import WatchStations

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=1)


def deliver_alerts(stations: WatchStations, say: Callable[[str], None]) -> int:
    """Hand over what is due, each alert to each sink by itself; how many were handed over.

    A sink that does not take one is offered it again after 5 s, 10 s, 20 s … 1 h, until it does. raises HomeError.
    """
    sinks = {sink.name: sink for sink in stations.sinks}
    away: set[str] = set()
    done = 0
    for delivery in stations.book.list_due(stations.clock.now()):
        alert, sink = delivery.alert, sinks.get(delivery.sink)
        if sink is None:  # no setting names it any more
            stations.book.put_delivered(alert.uid, delivery.sink)
            continue
        try:
            if sink.name in away:
                raise AlertDeliveryError("it did not take the one before")
            sink.send(alert, _title(stations, alert), stations.clock.now())
        except Exception as error:  # whatever one sink meets, the others get theirs
            why = str(error) if isinstance(error, AlertDeliveryError) else type(error).__name__
            if sink.name not in away:
                say(f"an alert was not taken by the {sink.name}: {why}; it is offered again")
            away.add(sink.name)
            stations.book.put_refused(alert.uid, sink.name, _again(stations.clock.now(), delivery.tries))
            continue
        stations.book.put_delivered(alert.uid, sink.name)
        done += 1
    return done


def _title(stations: WatchStations, alert: Alert) -> str:
    rule = stations.rules.get(alert.rule)
    return rule.en.title if rule is not None else alert.rule


def _again(now: datetime, tries: int) -> datetime:
    return now + min(FIRST_PAUSE * (1 << min(tries, 20)), LONGEST_PAUSE)
