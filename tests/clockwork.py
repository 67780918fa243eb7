"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class Clockwork:
    """It begins at the moment of the test."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment

    def go_on(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
