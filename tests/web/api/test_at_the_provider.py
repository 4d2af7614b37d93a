"""What asks a provider, or waits for the planner's answer, over HTTP: the real operations, on a simulated provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.documents import DocumentType
from app.operations import submit
from app.stream.clients.errors import DeliveryFailedError
from tests.web.running_api import SHOP, RunningApi
from tests.web.signable import signable

NUMBER = "ABC2026000000001"


@pytest.fixture
async def document(api: RunningApi, tmp_path: Path) -> AsyncIterator[str]:
    """One that waits for its signature."""
    async with signable(api, tmp_path) as document_id:
        yield document_id


async def act(api: RunningApi, document: str, what: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = await api.post(f"/accounting/v1/businesses/{SHOP}/documents/{document}/{what}", body)
    return answer.status, await answer.json(content_type=None)


async def test_a_document_is_signed_with_the_code_that_has_come(api: RunningApi, document: str) -> None:
    status, started = await act(api, document, "sign", {})
    assert (status, started["sentTo"]) == (200, "*** ** 12")
    code = {"signingReference": started["signingReference"], "code": "123456"}
    assert await act(api, document, "sign/code", code) == (
        200,
        {"documentId": document, "stateAtProvider": "ISSUED"},
    )


async def test_a_wrong_code_signs_nothing(api: RunningApi, document: str) -> None:
    _, started = await act(api, document, "sign", {})
    status, refused = await act(
        api, document, "sign/code", {"signingReference": started["signingReference"], "code": "987654"}
    )
    assert (status, refused["errors"][0]["code"]) == (409, "ACT_NOT_POSSIBLE")
    assert "987654" not in refused["description"]


async def test_a_number_is_recorded_and_the_planners_answer_comes_back(api: RunningApi, tmp_path: Path) -> None:
    async with signable(api, tmp_path, DocumentType.EARSIV) as document:
        assert await act(api, document, "mark-issued", {"number": NUMBER}) == (
            200,
            {"verdict": "OK", "reason": None, "errorDetails": []},
        )


@pytest.mark.parametrize(("mark", "body"), [("mark-issued", {"number": NUMBER}), ("mark-deleted", {})])
async def test_what_its_provider_shows_by_itself_is_not_recorded(
    api: RunningApi, document: str, mark: str, body: dict[str, Any]
) -> None:
    status, refused = await act(api, document, mark, body)
    assert (status, "shows by itself" in refused["description"]) == (409, True)


@pytest.mark.parametrize(("mark", "body"), [("mark-issued", {"number": NUMBER}), ("mark-deleted", {})])
async def test_what_may_have_been_recorded_is_not_said_to_be_undone(
    api: RunningApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: str, body: dict[str, Any]
) -> None:
    def unconfirmed(*_: Any) -> None:
        raise DeliveryFailedError(undelivered=1, records=1, why="timed out", advice="")

    async with signable(api, tmp_path, DocumentType.EARSIV) as document:
        monkeypatch.setattr(submit, "submit", unconfirmed)
        status, refused = await act(api, document, mark, body)
    assert (status, refused["errors"][0]["code"], refused["stored"]) == (503, "ACT_UNCERTAIN", "unknown")
