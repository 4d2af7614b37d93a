import pytest

from app.stream.errors import RecordTooLargeError
from app.stream.serialization.codec import Codec
from app.stream.serialization.headers import Emitted
from app.stream.serialization.record_builder import RecordBuilder
from app.stream.topics.names import Topics
from tests.stream.serialization.examples import command, logged, outcome, status

CODEC = Codec()


@pytest.mark.parametrize("emitted", [logged(), outcome(), command(), status()])
def test_what_no_reader_would_take_is_refused_before_it_is_sent(emitted: Emitted) -> None:
    size = len(CODEC.write(emitted))
    assert RecordBuilder(Topics(), CODEC, app="planner", most=size).of(emitted).value
    with pytest.raises(
        RecordTooLargeError, match=f"{type(emitted).__name__} has {size} bytes; at most {size - 1} are written"
    ):
        RecordBuilder(Topics(), CODEC, app="planner", most=size - 1).of(emitted)
