"""An act is a request: asked for once, shown to every person as asked for, and done when the read model has it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.documents import DocumentState
from app.domain.orders import DocumentApproved
from app.operations.errors import UnavailableError
from tests.web.screen.running_screen import RunningScreen
from tests.web.screen.shop import REFUSED, WAITING, an_ordinary_day, document_of


@pytest.fixture
async def day(site: RunningScreen) -> RunningScreen:
    await an_ordinary_day(site.installation)
    site.now = site.installation.pipeline.now + timedelta(minutes=1)
    await site.log_in("operator")
    return site


def page_of(site: RunningScreen, reference: str = WAITING) -> str:
    return f"/documents/{document_of(site.installation, reference)}"


async def approve(site: RunningScreen, page: str) -> int:
    token = await site.token(f"{page}/approve", f"{page}/approve")
    return (await site.post(f"{page}/approve", {"form": token, "reason": "looked at"})).status


async def text_of(site: RunningScreen, page: str) -> str:
    return await (await site.get(page)).text()


async def test_a_request_is_handed_in_with_its_person_and_reason(day: RunningScreen) -> None:
    page = page_of(day)
    assert await approve(day, page) == 303
    ((document, body, actor, reason),) = day.submitted
    assert body == DocumentApproved(document_id=document.document_id)
    assert (actor, reason) == ("operator", "looked at")


async def test_it_is_shown_as_asked_for_to_every_person_until_it_is_answered(day: RunningScreen) -> None:
    page = page_of(day)
    await approve(day, page)
    await day.log_in("viewer")
    assert "Onay istendi" in await text_of(day, page)
    day.later(seconds=5)
    day.installation.pipeline.now = day.now
    await day.installation.progress(WAITING, page.rpartition("/")[2], DocumentState.PROCESSING)
    assert "Onay istendi" not in await text_of(day, page)


async def test_who_comes_second_is_told_and_nothing_is_asked_for_twice(day: RunningScreen) -> None:
    page = page_of(day)
    tokens = [await day.token(f"{page}/approve", f"{page}/approve") for _ in range(2)]
    answers = [await day.post(f"{page}/approve", {"form": token}) for token in tokens]
    assert [answer.status for answer in answers] == [303, 409]
    assert "artık onay beklemiyor" in await answers[1].text()
    assert len(day.submitted) == 1


async def test_a_document_that_waits_for_no_approval_has_no_button(day: RunningScreen) -> None:
    page = page_of(day, REFUSED)
    assert "/approve" not in await text_of(day, page)
    assert '<form method="post" action="/screen/documents' not in await text_of(day, f"{page}/approve")


async def test_a_viewer_sees_no_button(day: RunningScreen) -> None:
    await day.log_in("viewer")
    assert "/approve" not in await text_of(day, page_of(day))
    assert (await day.get(f"{page_of(day)}/approve")).status == 403


async def test_a_request_that_cannot_be_handed_in_is_not_shown_as_asked_for(
    day: RunningScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away(list[object]):
        def append(self, _: object) -> None:
            raise UnavailableError("Kafka does not answer")

    monkeypatch.setattr(day, "submitted", Away())
    page = page_of(day)
    assert await approve(day, page) == 503
    assert "Onay istendi" not in await text_of(day, page)
