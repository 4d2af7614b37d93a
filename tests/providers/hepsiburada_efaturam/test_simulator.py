"""The simulated service takes what any client of the public samples sends, and refuses what the real one would."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from app.documents.checking import Mode, Severity, check
from app.domain.documents import DocumentType
from app.domain.time import legal_date
from tests.providers.examples import ISSUED_AT, REGISTERED_VKN, SELLER_VKN, TAXPAYER, command, prepared_by
from tests.providers.hepsiburada_efaturam.service import NAME, USER, Service, served

Change = Callable[[dict[str, Any]], object]


def archive(name: str = "first", change: Change = lambda _: None, **options: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(prepared_by(NAME, command(name), DocumentType.EARSIV, **options).request)
    change(body)
    return body


def sale(name: str = "first", **changes: Any) -> dict[str, Any]:
    made = command(name, person=TAXPAYER, **changes)
    body: dict[str, Any] = json.loads(prepared_by(NAME, made, DocumentType.EFATURA).request)
    return body


def header(**values: object) -> Change:
    return lambda info: info["Invoice"].update({name: {"value": value} for name, value in values.items()})


def line(**fields: object) -> Change:
    return lambda info: info["Invoice"]["InvoiceLine"][0].update(fields)


def total(**values: object) -> Change:
    amounts = {name: {"currencyId": "TRY", "value": value} for name, value in values.items()}
    return lambda info: info["Invoice"]["LegalMonetaryTotal"].update(amounts)


def buyer(tax_number: str) -> Change:
    ids = [{"Id": {"schemeId": "VKN", "value": tax_number}}]
    return lambda info: info["Invoice"]["AccountingCustomerParty"]["Party"].update(
        PartyIdentification=ids, PartyName={"Name": {"value": "Deneme"}}
    )


def without(*path: str) -> Change:
    def change(info: dict[str, Any]) -> None:
        *above, last = path
        inside = info
        for name in above:
            inside = inside[name]
        del inside[last]

    return change


async def send(service: Service, info: object) -> dict[str, Any]:
    return await service.ask("SendInvoice", invoices=[info])


def lowered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name.lower(): lowered(each) for name, each in value.items()}
    return [lowered(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "change",
    [
        lambda info: info.update(Scenario=0),
        lambda info: info.update(Scenario="Automated"),
        lambda info: info.update(Scenario="2"),
        lambda info: info.pop("Scenario"),
        lambda info: info.update(InvoiceScenarioChosen="eInvoice"),
        lambda info: info["EArchiveInvoiceInfo"].pop("InternetSalesInfo"),
        header(Id=""),
        header(ProfileId="TEMELFATURA"),
        line(InvoicedQuantity={"unitCode": "C62", "value": "3"}),
        lambda info: info["Invoice"].update(ID=info["Invoice"].pop("Id"), UUID=info["Invoice"].pop("Uuid")),
    ],
)
async def test_what_the_real_one_takes(service: Service, change: Change) -> None:
    answer = await send(service, archive(change=change))
    assert answer["IsSucceded"], answer
    (document,) = service.documents
    assert document.booking.document_type == "EARSIV"
    assert document.profile == "EARSIVFATURA"


async def test_names_are_taken_in_any_case_and_the_path_too(service: Service) -> None:
    body = {"action": "SendInvoice", "PARAMETERS": {"Invoices": [lowered(archive())], "UserInfo": lowered(USER)}}
    async with service.http.post(f"{service.url}/API/basicintegrationapi", json=body) as response:
        assert (await response.json())["IsSucceded"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (header(CustomizationId="TR1.1"), "CustomizationId"),
        (header(InvoiceTypeCode="IPTAL"), "InvoiceTypeCode"),
        (header(Uuid="none"), "Uuid"),
        (header(Id="AB"), "önek"),
        (header(Id="ABC2025000000001"), "yıl"),
        (header(IssueDate="2.5.2026"), "IssueDate"),
        (header(LineCountNumeric=2), "LineCountNumeric"),
        (header(DocumentCurrencyCode="EUR"), "kur"),
        (header(InvoiceTypeCode="IADE"), "İade"),
        (total(PayableAmount=119), "Ödenecek"),
        (total(TaxInclusiveAmount=119), "Vergiler"),
        (total(LineExtensionAmount=99), "Satır toplamı"),
        (total(PayableAmount="yüz"), "sayı"),
        (line(LineExtensionAmount={"value": 99}), "Satır tutarı"),
        (without("Invoice", "InvoiceLine"), "satır"),
        (without("Invoice", "AccountingCustomerParty"), "AccountingCustomerParty"),
        (without("Invoice", "AccountingCustomerParty", "Party", "PostalAddress"), "adres"),
        (without("Invoice", "AccountingCustomerParty", "Party", "Person"), "unvan"),
        (without("EArchiveInvoiceInfo"), "EArchiveInvoiceInfo"),
        (without("EArchiveInvoiceInfo", "DeliveryType"), "DeliveryType"),
        (without("EArchiveInvoiceInfo", "InternetSalesInfo", "PaymentType"), "ödeme şekli"),
        (lambda info: info.update(Scenario=1), "senaryo"),
        (buyer(REGISTERED_VKN), "senaryo"),
        (lambda info: info.pop("Invoice"), "Invoice"),
        # The two forms of a tax total are no matter of taste.
        (lambda info: info["Invoice"].update(TaxTotal=info["Invoice"]["TaxTotal"][0]), "TaxTotal"),
        (lambda info: line(TaxTotal=[info["Invoice"]["InvoiceLine"][0]["TaxTotal"]])(info), "TaxTotal"),
        (lambda info: info["Invoice"].update(InvoiceLine=info["Invoice"]["InvoiceLine"][0]), "InvoiceLine"),
        (lambda info: info["Invoice"].update(Note={"value": "x"}), "Note"),
        (lambda info: info["Invoice"].update(ProfileId="EARSIVFATURA"), "ProfileId"),
    ],
)
async def test_what_the_real_one_refuses(service: Service, change: Change, words: str) -> None:
    answer = await send(service, archive(change=change))
    assert (answer["IsSucceded"], answer["Value"]) == (False, None)
    assert words in answer["Message"]
    assert service.documents == []


@pytest.mark.parametrize(
    "user", [None, {}, {"Username": "sandbox"}, {"Username": "", "Password": "sandbox-1"}, {**USER, "Password": "x"}]
)
async def test_nothing_opens_without_a_login(service: Service, user: object) -> None:
    for action in ("SendInvoice", "QueryOutboxInvoiceStatus", "IsEInvoiceUser", "Nothing"):
        answer = await service.ask(action, user=user)
        assert answer == {"IsSucceded": False, "Message": "Kullanıcı adı veya şifre hatalı.", "Value": None}


async def test_an_action_that_is_none_fails_and_a_get_is_not_taken(service: Service) -> None:
    assert "Geçersiz işlem" in (await service.ask("Explode"))["Message"]
    async with service.http.get(f"{service.url}/api/BasicIntegrationApi") as response:
        assert response.status == 405


async def test_numbers_run_without_a_gap_and_an_unknown_series_is_replaced_without_a_word(service: Service) -> None:
    bodies = [
        archive("1"),
        archive("2", total(PayableAmount=1)),
        archive("3"),
        archive("4", header(Id="YOK")),
        archive("5", lambda info: (header(Id="")(info), info["EArchiveInvoiceInfo"].pop("InternetSalesInfo"))),
        sale("6", efatura_series=None),
        archive("7", header(Id="ABC2026000000099")),
    ]
    answers = [await send(service, body) for body in bodies]
    assert [answer["Value"] and answer["Value"][0]["Number"] for answer in answers] == [
        "ABC2026000000001",
        None,
        "ABC2026000000002",
        "HEI2026000000001",
        "HEA2026000000001",
        "HEF2026000000001",
        "ABC2026000000099",
    ]
    assert "numarası" in (await send(service, archive("8", header(Id="ABC2026000000099"))))["Message"]


async def test_several_invoices_are_taken_one_after_another(service: Service) -> None:
    answer = await service.ask("SendInvoice", invoices=[archive("1"), archive("2")])
    assert [row["InvoiceScenario"] for row in answer["Value"]] == ["eArchive", "eArchive"]
    failed = await service.ask("SendInvoice", invoices=[archive("3"), archive("4", total(PayableAmount=1))])
    assert not failed["IsSucceded"]
    assert len(service.documents) == 3


async def test_in_a_list_the_invoice_id_is_the_number_and_elsewhere_the_uuid(service: Service) -> None:
    await send(service, archive())
    uuid = service.documents[0].booking.reference
    listed = await service.ask("GetOutboxInvoiceList", query={"PageIndex": 0, "PageSize": 5})
    (row,) = listed["Value"]["Items"]
    assert (row["InvoiceId"], row["DocumentId"]) == ("ABC2026000000001", uuid)
    assert (row["PayableAmount"], row["Vat20"], row["Vat20TaxableAmount"], row["TaxTotal"]) == (
        120.0,
        20.0,
        100.0,
        20.0,
    )
    (status,) = (await service.ask("QueryOutboxInvoiceStatus", invoiceIds=[uuid.upper()]))["Value"]
    assert (status["InvoiceId"], status["StatusCode"], status["Status"]) == (uuid, 1000, "Approved")


async def test_a_list_has_pages_and_filters(service: Service) -> None:
    for name in ("1", "2", "3"):
        await send(service, archive(name))
    await send(service, sale("4"))

    async def listed(**query: object) -> tuple[int, list[str]]:
        value = (await service.ask("GetOutboxInvoiceList", query={"PageSize": 2, **query}))["Value"]
        return value["TotalCount"], [row["InvoiceId"] for row in value["Items"]]

    assert await listed(PageIndex=1) == (4, ["ABC2026000000003", "EFA2026000000001"])
    assert await listed(Scenario="eInvoice") == (1, ["EFA2026000000001"])
    assert await listed(InvoiceNumbers=["ABC2026000000002"]) == (1, ["ABC2026000000002"])
    assert await listed(TargetTcknVkn=REGISTERED_VKN) == (1, ["EFA2026000000001"])
    assert await listed(StatusInList=["Error"]) == (0, [])
    assert await listed(StatusNotInList=["Approved"]) == (0, [])
    assert not (await service.ask("GetOutboxInvoiceList", query={"PageIndex": 0}))["IsSucceded"]


async def test_a_status_runs_through_the_queue() -> None:
    async with served(status_seconds=3000) as service:
        await send(service, archive())
        booking = service.documents[0].booking
        codes = []
        for _ in range(4):
            rows = (await service.ask("QueryOutboxInvoiceStatus", invoiceIds=[booking.reference]))["Value"]
            codes.append(rows[0]["StatusCode"])
            moved = (booking.decided_at - booking.booked_at) / 3
            booking.booked_at, booking.decided_at = booking.booked_at - moved, booking.decided_at - moved
        assert codes == [100, 200, 300, 1000]


async def test_an_error_is_nine_as_status_and_two_thousand_as_code_and_can_be_retried(service: Service) -> None:
    await send(service, archive())
    booking = service.documents[0].booking
    booking.fails = True
    (row,) = (await service.ask("GetOutboxInvoiceStatusWithLogs", invoiceIds=[booking.reference]))["Value"]
    assert (row["Status"], row["StatusCode"], row["Message"], row["Logs"][0]["Message"]) == (
        9, 2000, "Şematron kontrolü hatalı", "Error",
    )  # fmt: skip
    assert (await service.ask("RetrySendInvoices", invoiceIds=[booking.reference]))["Value"] is True
    assert booking.state() == "SUCCEEDED"


async def test_a_draft_is_saved_sent_or_cancelled(service: Service) -> None:
    for name in ("1", "2"):
        await service.ask("SaveAsDraft", invoices=[archive(name)])
    first, second = (each.booking.reference for each in service.documents)
    assert [each.code() for each in service.documents] == [0, 0]
    assert (await service.ask("SendDraft", invoiceIds=[first]))["Value"] is True
    assert (await service.ask("CancelDraft", invoiceIds=[second]))["Value"] is True
    assert [each.code() for each in service.documents] == [1000, 10]
    for action in ("SendDraft", "CancelDraft"):
        assert not (await service.ask(action, invoiceIds=[first]))["IsSucceded"]


async def test_an_e_fatura_is_not_cancelled_and_an_e_arsiv_once(service: Service) -> None:
    for body in (archive("1"), sale("2")):
        await send(service, body)
    when = {"CancelDate": "2026-05-02T12:00:00"}
    requests = [{"InvoiceId": each.booking.reference, **when} for each in service.documents]
    answers = [await service.ask("CancelEArchiveInvoice", request=each) for each in (*requests, requests[0])]
    assert [answer["IsSucceded"] for answer in answers] == [True, False, False]
    undated = {"InvoiceId": requests[0]["InvoiceId"]}
    assert "CancelDate" in (await service.ask("CancelEArchiveInvoice", request=undated))["Message"]


async def test_the_xml_of_a_document_is_a_sound_invoice(service: Service) -> None:
    for body in (archive("1"), sale("2"), archive("3", spelling="UUID")):
        await send(service, body)
    for document in service.documents:
        value = (await service.ask("GetOutboxInvoiceData", invoiceId=document.booking.id))["Value"]
        xml = base64.b64decode(value["Data"])
        root = etree.fromstring(xml)
        ids = root.xpath("string(*[local-name()='ID'])"), root.xpath("string(*[local-name()='UUID'])")
        assert ids == (document.booking.number, document.booking.reference)
        findings = check(xml, document.booking.number, mode=Mode.TEST, today=legal_date(ISSUED_AT))
        assert [(each.code, each.message) for each in findings if each.severity is Severity.ERROR] == []


async def test_a_document_comes_back_as_it_was_sent_with_its_number(service: Service) -> None:
    body = archive()
    await send(service, body)
    value = (await service.ask("GetOutboxInvoice", invoiceId=service.documents[0].booking.id))["Value"]
    assert value["Invoice"]["Id"] == {"value": "ABC2026000000001"}
    assert value["Invoice"]["InvoiceLine"][0]["TaxTotal"]["TaxSubtotal"][0]["Percent"] == {"value": "20"}
    page = (await service.ask("GetOutboxInvoices", query={"PageSize": 5}))["Value"]
    assert page["Items"] == [value]


async def test_an_invoice_is_validated_without_being_sent(service: Service) -> None:
    right, wrong = archive()["Invoice"], archive(change=total(PayableAmount=1))["Invoice"]
    assert (await service.ask("ValidateInvoice", invoice=right))["Value"] is True
    assert "Ödenecek" in (await service.ask("ValidateInvoice", invoice=wrong))["Message"]
    assert service.documents == []


async def test_one_company_does_not_see_another_s_documents(service: Service) -> None:
    await send(service, archive())
    uuid = service.documents[0].booking.reference
    for password, seen in ((f"sandbox-{SELLER_VKN}.second", 1), ("sandbox-9876543217", 0)):
        user = {"Username": "u", "Password": password}
        answer = await service.ask("QueryOutboxInvoiceStatus", user=user, invoiceIds=[uuid])
        assert len(answer["Value"]) == seen


async def test_the_rest_of_the_service_answers_and_has_nothing(service: Service) -> None:
    for action, value in {
        "QueryInboxInvoiceStatus": [],
        "TestConnection": True,
        "WhoAmI": {"Username": "sandbox", "VknTckn": SELLER_VKN},
    }.items():
        assert (await service.ask(action))["Value"] == value
    assert (await service.ask("GetEInvoiceUsers", pagination={"PageIndex": 0, "PageSize": 9}))["Value"]["Items"] == []


async def test_a_variant_that_there_is_not_is_refused(service: Service) -> None:
    async with service.http.put(f"{service.url}/_simulator/variants", json={"repeats": "x"}) as response:
        assert response.status == 400
