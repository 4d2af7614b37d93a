"""Each finding is told once, when it has lasted, and what there is once a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.operations.alerts.findings import Finding
from app.operations.alerts.mails import LASTS, Alerts
from app.operations.mail.server import Delivery
from app.settings import Settings
from app.store import Store, new_key
from providers.base import MailTaken, NotSent, Unknown

# Seven in the morning in Turkey.
MORNING = datetime(2026, 11, 2, 4, tzinfo=UTC)
PAUSED = Finding(key="webhook", turkish="Webhook durduruldu.", english="A webhook is paused.")
WAITING = Finding(key="documents", turkish="1 belge bekliyor.", english="1 document waits.")


@dataclass
class Telling:
    store: Store
    now: datetime = MORNING
    answer: Delivery = field(default_factory=MailTaken)
    mails: list[EmailMessage] = field(default_factory=list)

    def look(self, *found: Finding, after: timedelta = timedelta()) -> list[str]:
        """The subjects of the mails that this look has sent."""
        self.now += after
        before = len(self.mails)
        Alerts(self.store.alerts(), ["ayse@example.com"], sender="f@example.com", send=self.send).tell(found, self.now)
        return [each["Subject"] for each in self.mails[before:]]

    def send(self, message: EmailMessage, to: str) -> Delivery:
        assert to == "ayse@example.com"
        self.mails.append(message)
        return self.answer


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    settings = Settings(database=f"sqlite:///{tmp_path}/store.db", secret_key=SecretStr(new_key()))
    holder: list[Telling] = []
    with Store.open(settings, clock=lambda: holder[0].now) as store:
        holder.append(Telling(store))
        yield holder[0]


def test_what_lasts_is_told_once(telling: Telling) -> None:
    assert telling.look(PAUSED) == []
    assert telling.look(PAUSED, after=LASTS) == ["Faturaflow: dikkat"]
    assert telling.look(PAUSED, after=LASTS) == []
    (mail,) = telling.mails
    assert mail.get_content() == "- Webhook durduruldu.\n\n- A webhook is paused.\n"


def test_what_passes_by_itself_is_not_told(telling: Telling) -> None:
    telling.look(PAUSED)
    assert telling.look(after=LASTS) == []
    assert telling.look(PAUSED, after=LASTS) == []


def test_what_comes_back_is_told_again(telling: Telling) -> None:
    for _ in range(2):
        telling.look(PAUSED)
        telling.look(PAUSED, after=LASTS)
        telling.look(after=LASTS)
    assert len(telling.mails) == 2


def test_only_what_is_new_is_in_an_alert(telling: Telling) -> None:
    telling.look(PAUSED)
    telling.look(PAUSED, WAITING, after=LASTS)
    telling.look(PAUSED, WAITING, after=LASTS)
    assert "Webhook" not in telling.mails[-1].get_content()


def test_a_mail_that_was_not_taken_is_tried_again_and_one_that_may_have_gone_is_not(telling: Telling) -> None:
    telling.look(PAUSED)
    telling.answer = NotSent(why="the mail server is away")
    assert telling.look(PAUSED, after=LASTS) == ["Faturaflow: dikkat"]
    telling.answer = Unknown(why="no answer came")
    assert telling.look(PAUSED, after=LASTS) == ["Faturaflow: dikkat"]
    assert telling.look(PAUSED, after=LASTS) == []


def test_a_digest_comes_once_a_day_in_the_morning_while_there_is_something(telling: Telling) -> None:
    telling.look(PAUSED)
    telling.look(PAUSED, after=LASTS)
    assert telling.look(PAUSED, WAITING, after=timedelta(minutes=50)) == []
    assert telling.look(PAUSED, WAITING, after=LASTS) == ["Faturaflow: dikkat", "Faturaflow: 02.11.2026 özeti"]
    assert telling.look(PAUSED, WAITING, after=timedelta(hours=5)) == []
    assert telling.look(PAUSED, WAITING, after=timedelta(hours=19)) == ["Faturaflow: 03.11.2026 özeti"]
    assert telling.look(after=timedelta(days=1)) == []
