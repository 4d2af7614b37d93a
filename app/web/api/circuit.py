"""Whether Kafka is asked at all: after some silences in a row requests are refused at once, until it answers again."""

from typing import Final

# One record may be lost to a change of its leader; three in a row are a broker that does not answer.
MOST_SILENCES: Final = 3


class Circuit:
    """Counts the records in a row for which no acknowledgement came."""

    def __init__(self) -> None:
        self._silences = 0
        self._is_reached = False

    @property
    def is_open(self) -> bool:
        """Nothing is sent now."""
        return not self._is_reached or self._silences >= MOST_SILENCES

    def reached(self) -> None:
        """The broker answers, and has the topic."""
        self._is_reached, self._silences = True, 0

    def lost(self) -> None:
        """It does not answer."""
        self._is_reached = False

    def succeeded(self) -> None:
        """A record was acknowledged."""
        self._is_reached, self._silences = True, 0

    def failed(self) -> None:
        """No acknowledgement came in time, or the client has given the record up."""
        self._silences += 1
