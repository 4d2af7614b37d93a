"""The page about webhooks: its sample verifies what we send, and it has every type of event."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from app.webhooks.events import TEST, TYPES
from app.webhooks.signing import signed_headers
from tests.docs.codes import DOCS

PAGE: Final = DOCS / "webhooks.md"
SAMPLE: Final = re.compile(r"^```python verify\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER: Final = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
BODY: Final = '{"type":"document.issued","data":{"ad":"ışık"}}'.encode()
AT: Final = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def verified() -> Callable[..., str]:
    (sample,) = SAMPLE.findall(PAGE.read_text())
    names: dict[str, Any] = {}
    exec(sample, names)  # noqa: S102 - the page's own sample
    found: Callable[..., str] = names["verified"]
    return found


def at(seconds: float) -> Callable[[], float]:
    return lambda: AT.timestamp() + seconds


def test_the_sample_verifies_what_is_sent(verified: Callable[..., str]) -> None:
    headers = signed_headers("an-event", BODY, [SECRET], AT)
    assert verified(headers, BODY, SECRET, now=at(299)) == "an-event"


def test_while_two_secrets_are_valid_a_receiver_with_either_verifies(verified: Callable[..., str]) -> None:
    headers = signed_headers("an-event", BODY, [OTHER, SECRET], AT)
    assert {verified(headers, BODY, secret, now=at(0)) for secret in (SECRET, OTHER)} == {"an-event"}


@pytest.mark.parametrize(
    ("body", "secret", "seconds"), [(BODY + b" ", SECRET, 0), (BODY, OTHER, 0), (BODY, SECRET, 301)]
)
def test_the_sample_refuses_another_body_another_secret_and_an_old_time(
    verified: Callable[..., str], body: bytes, secret: str, seconds: float
) -> None:
    with pytest.raises(ValueError, match=r"not signed|too old"):
        verified(signed_headers("an-event", BODY, [SECRET], AT), body, secret, now=at(seconds))


def test_every_type_is_in_the_table() -> None:
    table = PAGE.read_text().partition("## The events")[2].partition("```")[0]
    said = set(re.findall(r"`((?:document|request|shipment|order|webhook)\.\w+)`", table))
    assert said == {*TYPES, TEST}
