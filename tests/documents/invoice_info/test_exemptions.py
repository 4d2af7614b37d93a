"""Which reason stands on which type of invoice."""

from dataclasses import replace

import pytest

from app.documents.codelists.reasons import ReasonList, reasons
from app.documents.invoice_info import InvoiceInfo
from app.documents.invoice_info.rules.exemptions import WITHOUT_REASON
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import ReturnedInvoice, TaxExemptionReasons
from tests.documents.invoice_info.infos import TODAY, WHOLE, attached, found

VAT = "TaxExemptionReasonInfo.KDVExemptionReasonCode"
SCT = "TaxExemptionReasonInfo.OTVExemptionReasonCode"
NOT_OF_TYPE = {(VAT, "VAT_EXEMPTION_NOT_OF_TYPE")}
REQUIRED = {(VAT, "VAT_EXEMPTION_REQUIRED")}


def of_type(kind: str, vat: str | None = None, sct: str | None = None) -> InvoiceInfo:
    """An invoice of this type with all that the type asks for besides its reason."""
    info = replace(WHOLE, invoice_type=InvoiceType[kind])
    if vat or sct:
        reason = TaxExemptionReasons(kdv_exemption_reason_code=vat, otv_exemption_reason_code=sct)
        info = replace(info, tax_exemption_reason_info=reason)
    if kind in {"IADE", "TEVKIFATIADE"}:
        return replace(
            info, return_invoice_info=(ReturnedInvoice(invoice_number="ABC2026000000001", issue_date=TODAY),)
        )
    if kind == "SGK":
        codes = ("MUKELLEF_KODU", "MUKELLEF_ADI", "DOSYA_NO")
        documents = tuple(replace(attached(), document_type_code=code, document_type="1") for code in codes)
        return replace(info, additional_document_references=documents)
    return info


@pytest.mark.parametrize("kind", ["ISTISNA", "IHRACKAYITLI", "OZELMATRAH"])
def test_a_type_that_is_a_reason_needs_one_whether_there_is_vat_or_not(kind: str) -> None:
    assert found(of_type(kind)) == REQUIRED
    assert found(of_type(kind), vat_is_zero=True) == REQUIRED
    assert found(of_type(kind, sct="101" if kind != "OZELMATRAH" else "151")) == REQUIRED


@pytest.mark.parametrize(
    ("kind", "code"),
    [("ISTISNA", "301"), ("ISTISNA", "201"), ("ISTISNA", "501"), ("IHRACKAYITLI", "701"), ("IHRACKAYITLI", "704"),
     ("OZELMATRAH", "801"), ("OZELMATRAH", "812"), ("SATIS", "351"), ("SATIS", "555"), ("IADE", "301"),
     ("IADE", "701"), ("IADE", "801"), ("SGK", "301"), ("TEVKIFAT", "351")],
)  # fmt: skip
def test_a_reason_of_its_type_is_taken(kind: str, code: str) -> None:
    assert found(of_type(kind, code)) == set()


@pytest.mark.parametrize(
    ("kind", "code"),
    [("ISTISNA", "701"), ("ISTISNA", "801"), ("ISTISNA", "351"), ("ISTISNA", "555"), ("ISTISNA", "308"),
     ("ISTISNA", "339"), ("IHRACKAYITLI", "301"), ("IHRACKAYITLI", "351"), ("IHRACKAYITLI", "555"),
     ("OZELMATRAH", "701"), ("SATIS", "301"), ("SATIS", "701"), ("SATIS", "801"), ("TEVKIFAT", "301"),
     ("TEVKIFATIADE", "301"), ("IADE", "308"), ("KONAKLAMAVERGISI", "301")],
)  # fmt: skip
def test_a_reason_of_another_type_is_refused_once(kind: str, code: str) -> None:
    assert found(of_type(kind, code)) == NOT_OF_TYPE


@pytest.mark.parametrize("kind", ["ISTISNA", "SATIS", "IHRACKAYITLI"])
@pytest.mark.parametrize("code", ["999", "101", "30", "001"])
def test_a_reason_that_gib_does_not_know_is_refused_once(kind: str, code: str) -> None:
    assert found(of_type(kind, code)) == {(VAT, "VAT_EXEMPTION_UNKNOWN")}


@pytest.mark.parametrize("kind", [each.name for each in InvoiceType if each is not InvoiceType.IPTAL])
def test_lines_without_vat_need_a_reason_except_in_the_types_that_gib_names(kind: str) -> None:
    if kind in {"ISTISNA", "IHRACKAYITLI", "OZELMATRAH"}:
        assert found(of_type(kind), vat_is_zero=True) == REQUIRED
    else:
        assert found(of_type(kind)) == set()
        assert found(of_type(kind), vat_is_zero=True) == (set() if InvoiceType[kind] in WITHOUT_REASON else REQUIRED)
        assert found(of_type(kind, "351"), vat_is_zero=True) == set()


def test_the_types_that_need_no_reason_are_the_schematrons() -> None:
    assert {each.name for each in WITHOUT_REASON} == {"IADE", "IHRACKAYITLI", "OZELMATRAH", "SGK", "KONAKLAMAVERGISI"}


def test_the_check_of_a_rate_needs_a_rate() -> None:
    assert found(of_type("SATIS", "555"), vat_is_zero=True) == {(VAT, "VAT_EXEMPTION_NOT_ALLOWED")}
    assert found(of_type("SATIS", "555")) == set()


def test_special_consumption_tax_has_its_own_reasons() -> None:
    assert found(of_type("SATIS", sct="151")) == set()
    assert found(of_type("ISTISNA", vat="301", sct="101")) == set()
    assert found(of_type("SATIS", sct="101")) == {(SCT, "SCT_EXEMPTION_NOT_OF_TYPE")}
    assert found(of_type("SATIS", sct="301")) == {(SCT, "SCT_EXEMPTION_UNKNOWN")}


@pytest.mark.parametrize("name", ReasonList)
def test_of_every_reason_it_can_be_told_where_it_applies(name: ReasonList) -> None:
    assert all(code == reason.code and reason.name for code, reason in reasons(name).items())


def test_the_lists_are_as_long_as_gibs() -> None:
    assert {name.value: len(reasons(name)) for name in ReasonList} == {
        "vat_exemption_reasons": 87,
        "export_registered_reasons": 4,
        "special_base_reasons": 12,
        "sct_exemption_reasons": 9,
        "accommodation_tax_exemption_reasons": 1,
    }
