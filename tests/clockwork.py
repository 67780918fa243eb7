"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class Clockwork:
    """It begins at the moment of the test."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment

    @classmethod
    def before(cls, moment: datetime, days: float = 2) -> "Clockwork":
        """One that stands so long before a moment: who is hired by it is no newcomer then."""
        made = cls()
        made.moment = moment - timedelta(days=days)
        return made

    def go_on(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
