"""Invoice headers to test with: one to change field by field, and hypothesis's idea of every other."""

import base64
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from app.documents.invoice_info import Circumstances, InvoiceInfo, violations
from app.domain.invoice_info.enums import InvoiceType, Platform, Sending
from app.domain.invoice_info.model import (
    AdditionalDocument,
    Attachment,
    CashRegisterSlip,
    DatedReference,
    InternetSale,
    PaymentMeans,
    PaymentTerms,
    ReturnedInvoice,
    TaxExemptionReasons,
)
from app.domain.payment import PaymentMethod

ROOT: Final = "$.ArchiveInvoice.InvoiceInfo"
NOW: Final = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TODAY: Final = date(2026, 11, 21)
PDF: Final = base64.b64encode(b"%PDF-1.7 an artificial one").decode()
XSLT: Final = base64.b64encode(
    b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>'
).decode()

SALE: Final = InternetSale(
    web_site="www.example.com",
    payment_method=PaymentMethod.CARD,
    payment_date=TODAY,
    transporter_name="Deneme Kargo",
    transporter_register_number="7750409379",
    transport_date=TODAY,
)
SLIP: Final = CashRegisterSlip(
    id="12", issue_date=TODAY, time="09:30", z_no="7", end_point_id="AB12345678", document_description="E-ARSIV"
)
WHOLE: Final = InvoiceInfo(
    uuid="0f8fad5b-d9cb-469f-a165-70867728950e",
    invoice_type=InvoiceType.SATIS,
    invoice_serie_or_number="DNA",
    issue_date=NOW,
    currency_code="TRY",
    send_type=Sending.ELEKTRONIK,
)
INTERNET: Final = replace(WHOLE, sales_platform=Platform.INTERNET, internet_info=SALE)


def attached(name: str = "a.pdf", mime: str = "application/pdf", content: str = PDF) -> AdditionalDocument:
    return AdditionalDocument(id="1", attachment=Attachment(base64_data=content, mime_code=mime, file_name=name))


def found(info: InvoiceInfo, **circumstances: Any) -> set[tuple[str, str]]:
    """What is violated: path below InvoiceInfo, and code."""
    faults = violations(info, Circumstances(**{"now": NOW, **circumstances}))
    return {(each.path.removeprefix(f"{ROOT}."), each.code) for each in faults}


TEXTS: Final = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"], exclude_characters="/\\"), max_size=18
).map("x{}x".format)  # blanks at the edges would not come back
DAYS: Final = st.dates()
UUIDS: Final = st.uuids().map(str)
MOMENTS: Final = st.datetimes(
    min_value=datetime(2005, 1, 2),  # noqa: DTZ001 - the zone comes beside it
    max_value=datetime(2099, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=3)), timezone(timedelta(hours=-5, minutes=-30))]),
)
CONTENTS: Final = st.binary(min_size=1, max_size=60).map(lambda raw: base64.b64encode(raw).decode())
AMOUNTS: Final = st.decimals(min_value=0, max_value=Decimal("9999999999999.99"), places=2)
RATES: Final = st.decimals(min_value=0, max_value=Decimal("999999999.999999"), places=6)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def _several(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)


REFERENCES: Final = st.builds(DatedReference, issue_date=DAYS, value=TEXTS)
DOCUMENTS: Final = st.builds(
    AdditionalDocument,
    id=TEXTS,
    issue_date=_maybe(DAYS),
    document_type=_maybe(TEXTS),
    document_type_code=_maybe(TEXTS),
    attachment=_maybe(st.builds(Attachment, base64_data=CONTENTS, mime_code=TEXTS, file_name=TEXTS)),
)
INFOS: Final = st.builds(
    InvoiceInfo,
    uuid=_maybe(UUIDS),
    template_uuid=_maybe(UUIDS),
    template_base64_string=_maybe(CONTENTS),
    invoice_type=_maybe(st.sampled_from(InvoiceType)),
    invoice_serie_or_number=_maybe(TEXTS),
    issue_date=_maybe(MOMENTS),
    currency_code=_maybe(st.from_regex(r"[A-Z]{3}", fullmatch=True)),
    exchange_rate=_maybe(RATES),
    tax_exemption_reason_info=_maybe(
        st.builds(TaxExemptionReasons, kdv_exemption_reason_code=_maybe(TEXTS), otv_exemption_reason_code=_maybe(TEXTS))
    ),
    is_despatch=st.booleans(),
    sales_platform=st.sampled_from(Platform),
    send_type=_maybe(st.sampled_from(Sending)),
    despatch_document_reference=_several(REFERENCES),
    order_reference=_maybe(REFERENCES),
    order_reference_document=_maybe(DOCUMENTS),
    additional_document_references=_several(DOCUMENTS),
    return_invoice_info=_several(st.builds(ReturnedInvoice, invoice_number=TEXTS, issue_date=DAYS)),
    payment_terms_info=_maybe(
        st.builds(
            PaymentTerms,
            percent=_maybe(st.decimals(min_value=0, max_value=100, places=2)),
            amount=_maybe(AMOUNTS),
            note=_maybe(TEXTS),
        )
    ),
    payment_means_info=_maybe(
        st.builds(
            PaymentMeans,
            code=TEXTS,
            channel_code=_maybe(TEXTS),
            due_date=_maybe(DAYS),
            payee_financial_account_id=_maybe(TEXTS),
            note=_maybe(TEXTS),
        )
    ),
    okc_info=_maybe(
        st.builds(
            CashRegisterSlip,
            id=TEXTS,
            issue_date=DAYS,
            time=st.times().map(lambda each: each.strftime("%H:%M:%S")),
            z_no=TEXTS,
            end_point_id=TEXTS,
            document_description=TEXTS,
        )
    ),
    internet_info=_maybe(
        st.builds(
            InternetSale,
            web_site=TEXTS,
            payment_method=st.sampled_from(PaymentMethod),
            payment_method_name=_maybe(TEXTS),
            payment_date=_maybe(DAYS),
            transporter_name=_maybe(TEXTS),
            transporter_register_number=_maybe(TEXTS),
            transport_date=_maybe(DAYS),
        )
    ),
)
