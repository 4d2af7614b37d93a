"""What is written is read as the same, whatever is in it."""

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.invoice_info import Circumstances, EnumsAs, InvoiceInfo, read, violations, write
from app.domain.invoice_info.enums import InvoiceType, Platform, Sending
from app.domain.invoice_info.model import model_name
from tests.documents.invoice_info.infos import INFOS, NOW, WHOLE

# As the model spells them; the order of its pages.
NAMES = [
    "UUID", "TemplateUUID", "TemplateBase64String", "InvoiceType", "InvoiceSerieOrNumber", "IssueDate", "CurrencyCode",
    "ExchangeRate", "TaxExemptionReasonInfo", "ISDespatch", "SalesPlatform", "SendType", "DespatchDocumentReference",
    "OrderReference", "OrderReferenceDocument", "AdditionalDocumentReferences", "ReturnInvoiceInfo", "PaymentTermsInfo",
    "PaymentMeansInfo", "OKCInfo", "InternetInfo",
]  # fmt: skip


@given(INFOS, st.sampled_from(EnumsAs))
def test_what_is_written_is_read_as_the_same(info: InvoiceInfo, enums: EnumsAs) -> None:
    assert read(write(info, enums)) == info


@given(INFOS, st.booleans(), st.booleans())
def test_no_invoice_that_reads_is_too_strange_for_the_rules(info: InvoiceInfo, services: bool, zero: bool) -> None:
    circumstances = Circumstances(now=NOW, services_only=services, vat_is_zero=zero)
    found = violations(info, circumstances)
    assert found == violations(info, circumstances)
    assert len(set(found)) == len(found)


def test_every_field_has_the_models_name() -> None:
    assert [model_name(each.name) for each in fields(InvoiceInfo)] == NAMES


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("InvoiceType", each) for each in InvoiceType),
        *(("SalesPlatform", each) for each in Platform),
        *(("SendType", each) for each in Sending),
    ],
)
def test_enumerations_are_read_by_name_and_by_number(field: str, value: InvoiceType | Platform | Sending) -> None:
    by_name, by_number = (
        read(json.dumps({"ArchiveInvoice": {"InvoiceInfo": {field: said}}}).encode())
        for said in (value.name, value.value)
    )
    assert by_name == by_number
    assert json.loads(write(by_name))["ArchiveInvoice"]["InvoiceInfo"][field] == value.name
    assert json.loads(write(by_name, EnumsAs.NUMBER))["ArchiveInvoice"]["InvoiceInfo"][field] == value.value


def test_the_numbers_are_the_models() -> None:
    assert [each.name for each in sorted(InvoiceType, key=lambda each: each.value)] == [
        "SATIS", "IADE", "ISTISNA", "TEVKIFAT", "IHRACKAYITLI", "IPTAL", "OZELMATRAH", "SGK", "TEVKIFATIADE",
        "KOMISYONCU", "HKSSATIS", "HKSKOMISYONCU", "KONAKLAMAVERGISI",
    ]  # fmt: skip
    assert sorted(each.value for each in InvoiceType) == list(range(13))
    assert {each.name: each.value for each in Sending} == {"KAGIT": 1, "ELEKTRONIK": 2}


def test_what_is_absent_is_not_written() -> None:
    assert set(json.loads(write(WHOLE))["ArchiveInvoice"]["InvoiceInfo"]) == {
        "UUID", "InvoiceType", "InvoiceSerieOrNumber", "IssueDate", "CurrencyCode", "ISDespatch", "SalesPlatform",
        "SendType", "DespatchDocumentReference", "AdditionalDocumentReferences", "ReturnInvoiceInfo",
    }  # fmt: skip
