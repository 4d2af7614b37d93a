"""Drafts, and what a person does with them in a provider's own pages: as acts on its simulator."""

from collections.abc import Mapping
from typing import Any, Final

from app.domain import exact_json
from app.domain.documents import DocumentType
from app.domain.exact_json import JsonValue
from providers.base import Done, Finding, Issued, Outcome, Prepared, Step, StepInput, Withdraws
from tests.contract.bench import SECONDS, Bench
from tests.contract.case import KEY

# What is sent to these becomes legal by itself: only a person saves it as a draft there.
SAVED_BY_A_PERSON: Final = frozenset({"hepsiburada-efaturam"})


async def asked(bench: Bench, prepared: Prepared) -> StepInput:
    """The step that makes the draft of this document: in books the one before the legal one."""
    return StepInput(Step.INVOICE, prepared, await bench.up_to(Step.INVOICE, prepared))


async def drafted(bench: Bench, name: str = "first") -> tuple[Prepared, Done]:
    """A document that has no legal effect yet."""
    prepared = bench.prepared(name)
    if bench.case.name in SAVED_BY_A_PERSON:
        await in_hepsiburada(bench, "SaveAsDraft", {"invoices": [exact_json.loads(prepared.request)]})
        done: Outcome | Finding = await bench.find(prepared, SECONDS)
    else:
        done = await bench.adapter.create(await asked(bench, prepared), SECONDS)
    assert isinstance(done, Done)
    return prepared, done


async def send_off(bench: Bench, prepared: Prepared, done: Done) -> None:
    """Signs it, or has it become a legal document."""
    match bench.case.name:
        case "nilvera":
            electronic = bench.case.document_type is DocumentType.EFATURA
            wanted: Any = [{"UUID": done.reference}] if electronic else [done.reference]
            await in_nilvera(bench, "POST", "/ConfirmAndSend", wanted)
        case "dia":
            await _sent(bench, "PUT", "/_simulator/signatures", [prepared.reference])
        case "gib-earsiv":
            await _sent(bench, "PUT", "/_simulator/portal", {"sign": [done.reference]})
        case "hepsiburada-efaturam":
            await in_hepsiburada(bench, "SendDraft", {"invoiceIds": [prepared.reference]})
        case "parasut":
            made = {**await bench.up_to(Step.INVOICE, prepared), Step.INVOICE: done}
            assert isinstance(await bench.adapter.create(StepInput(Step.E_DOCUMENT, prepared, made), SECONDS), Done)
        case _:
            await in_testbook(bench, done, "send-off")


async def remove(bench: Bench, document: Issued, done: Done) -> None:
    """Deletes it."""
    match bench.case.name:
        case "nilvera":
            await in_nilvera(bench, "DELETE", "", [done.reference])
        case "dia":
            await _sent(bench, "PUT", "/_simulator/dia", {"delete": [done.reference]})
        case "gib-earsiv":
            await _sent(bench, "PUT", "/_simulator/portal", {"delete": [done.reference]})
        case "hepsiburada-efaturam":
            await in_hepsiburada(bench, "CancelDraft", {"invoiceIds": [document.reference]})
        case "parasut":
            other = bench.case.connect(bench.url)
            assert isinstance(other, Withdraws)
            assert isinstance(await other.withdraw(document, SECONDS), Done)
            await other.close()
        case _:
            await in_testbook(bench, done, "remove")


async def in_nilvera(bench: Bench, method: str, path: str, body: Any) -> None:
    api = "einvoice" if bench.case.document_type is DocumentType.EFATURA else "earchive"
    await _sent(bench, method, f"/{api}/Draft{path}", body, {"Authorization": f"Bearer {KEY}"})


async def in_testbook(bench: Bench, done: Done, act: str) -> None:
    await _sent(bench, "POST", f"/invoices/{done.reference}/{act}", None, {"Authorization": f"Bearer {KEY}"})


async def in_hepsiburada(bench: Bench, action: str, parameters: Mapping[str, Any]) -> None:
    secrets = bench.case.settings(bench.url).secrets
    user: dict[str, JsonValue] = {"Username": secrets["username"], "Password": secrets["password"]}
    body = exact_json.dumps({"Action": action, "parameters": {**parameters, "userInfo": user}})
    async with bench.http.post(f"{bench.url}/api/BasicIntegrationApi", data=body) as response:
        assert (await response.json())["IsSucceded"], await response.text()


async def _sent(bench: Bench, method: str, path: str, body: Any, headers: Mapping[str, str] | None = None) -> None:
    async with bench.http.request(method, f"{bench.url}{path}", json=body, headers=headers) as response:
        assert response.status == 200, await response.text()
