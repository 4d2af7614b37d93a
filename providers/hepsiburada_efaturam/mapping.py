"""From a checked document to an `InvoiceInfo`: the UBL document in JSON, and the e-Arşiv report's facts beside it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from app.documents.checking import Mode
from app.documents.model.invoice import Invoice
from app.documents.safe_input.xml import parse
from app.documents.ubl.dialect import Dialect, ReportFacts
from app.domain import exact_json
from app.domain.documents import DocumentType
from app.domain.exact_json import JsonValue
from app.domain.invoice_info.enums import Platform, Sending
from app.domain.invoice_info.model import CashRegisterSlip, InternetSale
from app.domain.parties import usable_email
from app.domain.payment import PaymentMethod
from providers.formats.objects import present
from providers.formats.ubl import xml_of
from providers.hepsiburada_efaturam.ubl_json import Object, Spelling, json_of
from providers.options import mails_buyer, one_of
from providers.preparing import CheckedDocument

# Options of a connection; the first of the values is the default.
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "spelling": tuple(Spelling),
    "scenario": ("document", "automated"),
}
# The report's facts are beside the document, in EArchiveInvoiceInfo.
DIALECT: Final = Dialect(report=ReportFacts.NONE)
AUTOMATED: Final = 0
SCENARIOS: Final[Mapping[DocumentType, str]] = {DocumentType.EARSIV: "eArchive", DocumentType.EFATURA: "eInvoice"}
DELIVERY: Final[Mapping[Sending | None, str]] = {
    Sending.KAGIT: "Paper",
    Sending.ELEKTRONIK: "Electronic",
    None: "Electronic",
}


def request_of(
    document: CheckedDocument, options: Mapping[str, str], mode: Mode = Mode.PRODUCTION
) -> dict[str, JsonValue]:
    """One `InvoiceInfo`. Raises UnpreparableError for a document that does not pass every check."""
    info, spelling = document.invoice.info, Spelling(one_of(options, "spelling", CHOICES["spelling"]))
    # Without a series the number comes from the account's default one.
    series = info.invoice_serie_or_number or ""
    xml = xml_of(document, mode=mode, dialect=DIALECT, unnumbered=series)
    archive = document.document_type is DocumentType.EARSIV
    automated = one_of(options, "scenario", CHOICES["scenario"]) == "automated"
    return {
        "Invoice": json_of(parse(xml.encode()), spelling),
        **({"EArchiveInvoiceInfo": _archive_info(document.invoice)} if archive else {}),
        "Scenario": AUTOMATED if automated else SCENARIOS[document.document_type],
        **(_notification(document) if mails_buyer(options, default=False) else {}),
        "LocalDocumentId": document.reference,
    }


def with_mailbox(request: Object, alias: str) -> Object:
    """An e-Fatura's request to one of several mailboxes, which is known only when it is sent."""
    buyer = buyer_in(request)
    target: Object = {"VknTckn": buyer["TaxNumber"], "Alias": alias, "Title": buyer["Name"]}
    return {**request, "TargetCustomer": target}


def buyer_in(body: Any) -> Object:
    """The buyer's fields of a request, flat; the country is no secret, and a word of many sentences."""
    party = body["Invoice"]["AccountingCustomerParty"]["Party"]
    person, address = party.get("Person", {}), party["PostalAddress"]
    names = [_leaf(person, name) for name in ("FirstName", "FamilyName")]
    return {
        "Name": _leaf(party.get("PartyName", {}), "Name") or " ".join(name for name in names if name),
        "TaxNumber": next(_leaf(each, "Id") or _leaf(each, "ID") for each in party["PartyIdentification"]),
        **{name: _leaf(address, name) for name in ("StreetName", "CitySubdivisionName", "CityName", "PostalZone")},
        **{name: _leaf(party.get("Contact", {}), name) for name in ("Telephone", "ElectronicMail")},
    }


def _leaf(aggregate: Mapping[str, Any], name: str) -> str | None:
    found: str | None = aggregate.get(name, {}).get("value")
    return found


def _archive_info(invoice: Invoice) -> Object:
    info = invoice.info
    withheld: list[JsonValue] = [
        {"Code": each.code, "Rate": each.rate, "Total": each.amount} for each in invoice.withholding_subtotals
    ]
    sale = info.internet_info if info.sales_platform is Platform.INTERNET else None
    return {
        "DeliveryType": DELIVERY[info.send_type],
        **({"InternetSalesInfo": _sale(sale)} if sale else {}),
        **({"WithHoldings": withheld} if withheld else {}),
        **({"NewGenerationPamentRecorderInfo": _slip(info.okc_info)} if info.okc_info else {}),
    }


def _sale(sale: InternetSale) -> Object:
    """The misspelt names are the service's."""
    carrier = {"SenderTcknVkn": sale.transporter_register_number, "SenderName": sale.transporter_name}
    shipment = {"SendDate": _midnight(sale.transport_date), "Carier": present(carrier) or None}
    method, name = sale.payment_method, sale.payment_method_name
    explained = method is PaymentMethod.OTHER and name
    return present(
        {
            "WebAddress": sale.web_site,
            "PaymentMidierName": None if explained else name,
            "PaymentType": f"{method.value} - {name}" if explained else method.value,
            "PaymentDate": _midnight(sale.payment_date),
            "ShipmentInfo": present(shipment) or None,
        }
    )


def _slip(slip: CashRegisterSlip) -> Object:
    return {
        "PaperNumber": slip.id,
        "PaperDate": f"{slip.issue_date.isoformat()}T{slip.time}",
        "SerialNumber": slip.end_point_id,
        "ZNumber": slip.z_no,
    }


def _notification(document: CheckedDocument) -> Object:
    to = usable_email(document.invoice.customer.email)
    return {"Notification": {"Mailing": [mail_to(to)]}} if to else {}


def mail_to(address: str) -> Object:
    """One mail, with the document as XML and PDF."""
    attached: Object = {"Xml": True, "Pdf": True}
    return {"EnableNotification": True, "To": address, "Attachment": attached}


def _midnight(day: date | None) -> str | None:
    return f"{day.isoformat()}T00:00:00" if day else None


def invoice_in(request: str) -> Object:
    """The `InvoiceInfo` of a prepared request, its numbers as they were."""
    found: Object = exact_json.loads(request)
    return found
