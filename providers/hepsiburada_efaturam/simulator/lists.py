"""Pages and rows of the simulated service's lists: `InvoiceId` is the number there, and `DocumentId` the UUID."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from providers.hepsiburada_efaturam.simulator.invoices import Sent, amount, descend, tax_number_of, text, title_of
from providers.hepsiburada_efaturam.simulator.outbox import CODES, EARSIV, SCENARIOS, Document, FailureError

TYPES: Final = {"EARSIVFATURA": "eArchive", "TEMELFATURA": "BaseInvoice", "TICARIFATURA": "ComercialInvoice"}
KINDS: Final = {"SATIS": "Sales", "IADE": "Return", "ISTISNA": "Exception", "TEVKIFAT": "Tax"}
VAT: Final = "0015"
RATES: Final = (1, 8, 10, 18, 20)


def page_of(rows: list[Any], query: Mapping[str, Any]) -> dict[str, Any]:
    """One page, counted from 0. Raises FailureError without a size."""
    index, size = query.get("pageindex") or 0, query.get("pagesize")
    if not size:
        raise FailureError("PageSize alanı zorunludur.")
    index, size = int(index), int(size)
    return {
        "Items": rows[index * size : (index + 1) * size],
        "PageIndex": index,
        "PageSize": size,
        "TotalCount": len(rows),
        "TotalPages": -(-len(rows) // size),
    }


def matches(document: Document, query: Mapping[str, Any]) -> bool:
    """Whether a document is among those that a query asks for; what it leaves out does not matter."""
    booking, name = document.booking, CODES[document.code()].lower()
    wanted: dict[str, tuple[str, ...]] = {
        "invoiceids": (booking.reference,),
        "invoicenumbers": (booking.number.lower(),),
        "targettcknvkn": (booking.buyer.tax_number,),
        "targettitle": (booking.buyer.name.lower(),),
        "scenario": (SCENARIOS[booking.document_type].lower(),),
        "status": (name, str(document.code())),
        "statusinlist": (name, str(document.code())),
    }
    excluded = _listed(query.get("statusnotinlist"))
    day, first, last = booking.issue_date or "", query.get("executionstartdate"), query.get("executionenddate")
    if (first and day < str(first)[:10]) or (last and day > str(last)[:10]):
        return False
    return not {name, str(document.code())} & excluded and all(
        not query.get(field) or not _listed(query[field]).isdisjoint(values) for field, values in wanted.items()
    )


def row_of(document: Document, *, as_numbers: bool) -> dict[str, Any]:
    """One row of `GetOutboxInvoiceList`."""
    booking, sent, code = document.booking, document.sent, document.code()
    kind = KINDS.get(sent.text("InvoiceTypeCode"), "Sales")
    scenario = SCENARIOS[booking.document_type]
    scenario_code = int(booking.document_type == EARSIV)
    return {
        "InvoiceId": booking.number,
        "DocumentId": booking.id,
        "Type": TYPES.get(document.profile, "BaseInvoice"),
        "TypeCode": list(TYPES).index(document.profile) if document.profile in TYPES else 0,
        "TargetTcknVkn": tax_number_of(sent.party("AccountingCustomerParty")),
        "TargetTitle": title_of(sent.party("AccountingCustomerParty")),
        "EnvelopeIdentifier": None,
        "Status": code if as_numbers else CODES[code],
        "StatusCode": code,
        "EnvelopeStatus": "NoEnvelope",
        "EnvelopeStatusCode": 0,
        "Message": None,
        "CreateDateUtc": booking.booked_at.isoformat(),
        "ExecutionDate": f"{booking.issue_date}T00:00:00",
        **_sums(sent),
        "DocumentCurrencyCode": booking.currency,
        "ExchangeRate": float(sent.amount("PricingExchangeRate", "CalculationRate")),
        "OrderDocumentId": booking.order_reference,
        "IsArchived": False,
        "InvoiceTipType": kind,
        "InvoiceTipTypeCode": list(KINDS.values()).index(kind),
        "Scenario": scenario_code if as_numbers else scenario,
        "ScenarioCode": scenario_code,
        "LocalDocumentId": sent.beside.get("localdocumentid"),
        "ExtraInformation": sent.beside.get("extrainformation"),
    }


def _sums(sent: Sent) -> dict[str, float]:
    rates = {rate: (Decimal(0), Decimal(0)) for rate in RATES}
    for each in descend(sent.document, "TaxTotal", "TaxSubtotal"):
        rate = int(amount(each, "Percent"))
        if text(each, "TaxCategory", "TaxScheme", "TaxTypeCode") == VAT and rate in rates:
            base, tax = rates[rate]
            rates[rate] = base + amount(each, "TaxableAmount"), tax + amount(each, "TaxAmount")
    return {
        "PayableAmount": float(sent.amount("LegalMonetaryTotal", "PayableAmount")),
        "TaxTotal": float(sent.amount("TaxTotal", "TaxAmount")),
        "TaxExclusiveAmount": float(sent.amount("LegalMonetaryTotal", "TaxExclusiveAmount")),
        **{f"Vat{rate}": float(tax) for rate, (_, tax) in rates.items()},
        **{f"Vat{rate}TaxableAmount": float(base) for rate, (base, _) in rates.items()},
    }


def _listed(value: object) -> set[str]:
    many = value if isinstance(value, list) else [] if value is None else [value]
    return {str(each).lower() for each in many}
