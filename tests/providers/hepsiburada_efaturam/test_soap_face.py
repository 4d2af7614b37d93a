"""The same service over SOAP, as its public description has it: any prefixes, quoted actions, attributes."""

import base64
from typing import Any

import pytest
from lxml import etree

from app.documents.safe_input.tree import Element
from app.domain.documents import DocumentType
from providers.formats.elements import child, children
from tests.providers.examples import SELLER_VKN, command, prepared_by
from tests.providers.hepsiburada_efaturam.service import NAME, Service

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
USER = f'<t:userInfo Username="sandbox" Password="sandbox-{SELLER_VKN}"/>'
BASIC = "/Services/BasicIntegration"


async def call(
    service: Service, operation: str, content: str, *, user: str = USER, path: str = BASIC, action: str | None = None
) -> tuple[int, Element]:
    """The result of an operation, or its fault."""
    body = f'<t:{operation} xmlns:t="http://tempuri.org/">{user}{content}</t:{operation}>'
    envelope = f'<x:Envelope xmlns:x="{ENVELOPE}"><x:Header/><x:Body>{body}</x:Body></x:Envelope>'
    headers = {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": f'"http://tempuri.org/IBasicIntegration/{operation}"' if action is None else action,
    }
    async with service.http.post(service.url + path, data=envelope.encode(), headers=headers) as response:
        root = etree.fromstring(await response.read())
        answer = root.find(f"{{{ENVELOPE}}}Body")[0]
        return response.status, answer[0] if answer.tag.endswith("Response") else answer


async def xml_of(service: Service) -> str:
    """The UBL of an invoice that the service has, without its declaration, as the content of an element."""
    value = (await service.ask("GetOutboxInvoiceData", invoiceId=service.documents[0].booking.id))["Value"]
    root = etree.fromstring(base64.b64decode(value["Data"]))
    return "".join(etree.tostring(each, encoding="unicode") for each in root)


async def info(service: Service, uuid: str = "7f0cf3a2-1a1b-4c55-9a0e-1f5d1d3c0001") -> str:
    """One InvoiceInfo with a document of its own, made of one that was sent as JSON."""
    prepared = prepared_by(NAME, command(), DocumentType.EARSIV)
    if not service.documents:
        await service.create(service.prepared())
    content = (await xml_of(service)).replace(prepared.reference, uuid).replace("ABC2026000000001", "ABC")
    return (
        f'<t:InvoiceInfo LocalDocumentId="L-1"><t:Invoice>{content}</t:Invoice>'
        '<t:EArchiveInvoiceInfo DeliveryType="Electronic"/><t:Scenario>eArchive</t:Scenario></t:InvoiceInfo>'
    )


@pytest.mark.parametrize("path", [BASIC, "/services/integration"])
@pytest.mark.parametrize("action", [None, "", "SendInvoice", '"SendInvoice"'])
async def test_an_invoice_is_sent_and_asked_for(service: Service, path: str, action: str | None) -> None:
    content = f"<t:invoices>{await info(service)}</t:invoices>"
    status, result = await call(service, "SendInvoice", content, path=path, action=action)
    assert (status, result.get("IsSucceded")) == (200, "true"), result.get("Message")
    identity = child(result, "Value")
    assert identity is not None
    assert dict(identity.attrib) == {
        "Id": "7f0cf3a2-1a1b-4c55-9a0e-1f5d1d3c0001",
        "Number": "ABC2026000000002",
        "InvoiceScenario": "eArchive",
    }
    assert service.documents[1].sent.beside["localdocumentid"] == "L-1"
    asked = "<t:invoiceIds><t:string>7F0CF3A2-1A1B-4C55-9A0E-1F5D1D3C0001</t:string></t:invoiceIds>"
    _, found = await call(service, "QueryOutboxInvoiceStatus", asked, path=path)
    row = child(found, "Value")
    assert row is not None
    assert (row.get("StatusCode"), row.get("Status")) == ("1000", "Approved")


async def test_both_faces_have_the_same_documents(service: Service) -> None:
    prepared = service.prepared()
    await service.create(prepared)
    query = f'<t:query PageIndex="0" PageSize="5"><t:InvoiceIds>{prepared.reference}</t:InvoiceIds></t:query>'
    _, result = await call(service, "GetOutboxInvoiceList", query)
    page = child(result, "Value")
    assert page is not None
    assert (page.get("TotalCount"), page.get("PageSize")) == ("1", "5")
    (row,) = children(page, "Items")
    fields: dict[str, Any] = {etree.QName(each).localname: each.text for each in row}
    assert (fields["InvoiceId"], fields["DocumentId"]) == ("ABC2026000000001", prepared.reference)
    assert (fields["PayableAmount"], fields["IsArchived"]) == ("120.0", "false")
    for operation, name in (("GetOutboxInvoicePdf", "Data"), ("GetOutboxInvoiceView", "Html")):
        _, result = await call(service, operation, f"<t:invoiceId>{prepared.reference}</t:invoiceId>")
        file = child(result, "Value", name)
        assert file is not None and file.text


async def test_an_e_arsiv_is_cancelled(service: Service) -> None:
    prepared = service.prepared()
    await service.create(prepared)
    request = (
        f"<t:request><t:InvoiceId>{prepared.reference}</t:InvoiceId>"
        "<t:CancelDate>2026-05-02T12:00:00</t:CancelDate></t:request>"
    )
    _, result = await call(service, "CancelEArchiveInvoice", request)
    assert (result.get("IsSucceded"), result.get("Value")) == ("true", "true")
    assert service.documents[0].code() == 1400


async def test_the_register_answers(service: Service) -> None:
    asked = "<t:vknTckn>2000000002</t:vknTckn>"
    _, result = await call(service, "IsEInvoiceUser", f"{asked}<t:alias/>")
    assert result.get("Value") == "true"
    _, result = await call(service, "GetUserAliasses", asked)
    box = child(result, "Value", "ReceiverboxAliases")
    assert box is not None
    assert box.get("Alias") == "urn:mail:defaultpk@2000000002.example"


async def test_a_failure_is_an_answer_with_its_sentence(service: Service) -> None:
    wrong = (await info(service)).replace(">120.00<", ">1<")
    status, result = await call(service, "SendInvoice", f"<t:invoices>{wrong}</t:invoices>")
    assert (status, result.get("IsSucceded")) == (200, "false")
    assert result.get("Message")
    _, result = await call(service, "TestConnection", "", user='<t:userInfo Username="u" Password="x"/>')
    assert result.get("Message") == "Kullanıcı adı veya şifre hatalı."


@pytest.mark.parametrize("operation", ["Explode", "userInfo"])
async def test_an_operation_that_is_none_is_a_fault(service: Service, operation: str) -> None:
    status, fault = await call(service, operation, "")
    assert status == 500
    assert fault.tag == f"{{{ENVELOPE}}}Fault"


async def test_what_goes_wrong_goes_wrong_over_soap_too(service: Service) -> None:
    content = f"<t:invoices>{await info(service)}</t:invoices>"
    await service.switch("misbehaviour", next=["TOO_MANY", "ERROR_IN_200"])
    status, result = await call(service, "SendInvoice", content)
    assert (status, result.get("IsSucceded")) == (429, "false")
    status, result = await call(service, "SendInvoice", content)
    assert (status, result.get("IsSucceded")) == (200, "false")
    await service.switch("misbehaviour", next=["UNREADABLE"])
    with pytest.raises(etree.XMLSyntaxError):
        await call(service, "SendInvoice", content)
    assert len(service.documents) == 2
