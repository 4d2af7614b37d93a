"""What cannot be held is refused by name, and never changed in silence."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.documents.checking import drafts
from app.documents.from_json.calculation import invoice_of
from app.documents.from_json.input_model import AllowanceEntry
from app.documents.model.lines import AllowanceCharge
from app.documents.model.profiles import Profile
from app.documents.safe_input.xml import UnsafeXmlError
from app.documents.safe_input.xml import parse as safely_parsed
from app.documents.ubl import UnbuildableError, UnreadableError, build, parse
from app.domain.invoice_info.model import AdditionalDocument, Attachment
from tests.documents.checking.mutations import sample, with_fault
from tests.documents.ubl.pairs import entry_for, with_info, with_lines

INVOICE = invoice_of(entry_for(Profile.EARSIVFATURA, "SATIS"))
XML = build(INVOICE)
TOTALS = ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount", "PayableAmount")


def changed(pattern: str, instead: str, *, times: int = 1) -> bytes:
    content, found = re.subn(pattern, instead, XML.decode(), count=times)
    assert found
    return content.encode()


@pytest.mark.parametrize("name", TOTALS)
def test_a_total_that_is_not_the_lines_is_refused(name: str) -> None:
    header, monetary = XML.decode().split("<cac:LegalMonetaryTotal>")
    wrong = re.sub(rf"<cbc:{name} currencyID=\"TRY\">[0-9]+", rf'<cbc:{name} currencyID="TRY">7', monetary, count=1)
    with pytest.raises(UnreadableError) as refused:
        parse(f"{header}<cac:LegalMonetaryTotal>{wrong}".encode())
    assert refused.value.code == "TOTAL_DIFFERS"


@pytest.mark.parametrize(
    ("pattern", "instead", "code"),
    [
        ("<cbc:UUID>.*</cbc:UUID>", "", "MISSING_ELEMENT"),
        ("<cac:LegalMonetaryTotal>.*</cac:LegalMonetaryTotal>", "", "MISSING_ELEMENT"),
        ("EARSIVFATURA", "MEKTUP", "PROFILE_UNKNOWN"),
        (">SATIS<", ">IPTAL<", "TYPE_UNKNOWN"),
        (">SATIS<", ">HEDIYE<", "TYPE_UNKNOWN"),
        ("<cbc:IssueTime>10", "<cbc:IssueTime>25", "VALUE_UNREADABLE"),
        ("<cbc:IssueDate>2026", "<cbc:IssueDate>026", "VALUE_UNREADABLE"),
        (">33.325<", ">33,325<", "VALUE_UNREADABLE"),
        (">33.325<", ">33.4<", "LINE_AMOUNT"),
        (">ELEKTRONIK<", ">GÜVERCIN<", "SENDING_UNKNOWN"),
        ('schemeID="TCKN">99999999068', 'schemeID="MUSTERINO">7', "PARTY_ID_COUNT"),
    ],
)
def test_what_cannot_be_held_is_named(pattern: str, instead: str, code: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        parse(changed(pattern, instead))
    assert refused.value.code == code


def test_a_country_is_known_by_its_code_or_by_its_turkish_name() -> None:
    without_codes = changed("<cbc:IdentificationCode>TR</cbc:IdentificationCode>", "", times=9)
    assert parse(without_codes) == INVOICE
    with pytest.raises(UnreadableError) as refused:
        parse(without_codes.replace("Türkiye".encode(), b"Nowhere"))
    assert refused.value.code == "COUNTRY_UNKNOWN"


@pytest.mark.parametrize("name", ["BİRLEŞİK KRALLIK", "Birleşik Krallık", "birleşik krallik", "UNITED KINGDOM"])
def test_a_country_s_name_is_known_whichever_i_it_is_written_with(name: str) -> None:
    without_codes = changed("<cbc:IdentificationCode>TR</cbc:IdentificationCode>", "", times=9)
    assert parse(without_codes.replace("Türkiye".encode(), name.encode())).customer.address.country == "GB"


@pytest.mark.parametrize(
    ("code", "name"), [("DE", "Almanya"), ("TR", "Türkiye"), ("US", "Amerika Birleşik Devletleri")]
)
def test_a_country_has_its_turkish_name(code: str, name: str) -> None:
    address = replace(INVOICE.customer.address, country=code)
    written = build(replace(INVOICE, customer=replace(INVOICE.customer, address=address)))
    assert f"<cbc:IdentificationCode>{code}</cbc:IdentificationCode><cbc:Name>{name}</cbc:Name>" in written.decode()
    assert parse(written).customer.address == address


def test_a_presentation_has_the_code_that_gibs_list_has_for_it() -> None:
    said = Attachment(
        base64_data="UEsDBGFhYWE=",
        mime_code="application/vnd.openxmlformats-officedocument.presentationml.presentation",
        file_name="a.pptx",
    )
    document = AdditionalDocument(id="1", attachment=said)
    found = invoice_of(with_info(entry_for(Profile.EARSIVFATURA, "SATIS"), additional_document_references=(document,)))
    assert b'mimeCode="application/vnd.ms-powerpoint"' in build(found)


def test_taxes_of_a_document_that_are_not_its_lines_are_refused() -> None:
    with pytest.raises(UnreadableError) as refused:
        parse(with_fault("commercial", "InvoiceTypeCode", "SATIS"))
    assert refused.value.code == "TAXES_DIFFER"


@pytest.mark.parametrize("name", ["sale", "withholding", "investment", "accommodation", "income_tax", "tax_free"])
def test_an_invoice_that_others_wrote_comes_back_from_what_we_write_of_it(name: str) -> None:
    invoice = parse(sample(name))
    assert parse(build(invoice)) == invoice


@pytest.mark.parametrize("name", ["gross_lines", "special_base", "export_registered"])
def test_what_others_write_elsewhere_is_read_and_written_as_we_do(name: str) -> None:
    invoice = parse(sample(name))
    assert all(line.taxes for line in invoice.lines)
    assert parse(build(invoice)) == invoice


def test_a_line_and_a_total_before_their_allowances_are_the_same_after_them() -> None:
    after = parse(sample("sale"))
    content = (
        sample("sale")
        .decode()
        .replace('LineExtensionAmount currencyID="TRY">280', 'LineExtensionAmount currencyID="TRY">290')
    )
    assert parse(content.encode()) == after
    content = content.replace('LineExtensionAmount currencyID="TRY">190', 'LineExtensionAmount currencyID="TRY">200')
    assert parse(content.encode()) == after


def test_vat_that_is_rounded_once_for_all_lines_is_what_it_was() -> None:
    content = sample("sale").decode()
    for was, becomes in (("47.00", "47.01"), ("38.00", "38.01"), ("327.00", "327.01")):
        content = content.replace(f">{was}<", f">{becomes}<", 2 if was == "327.00" else 1)
    invoice = parse(content.encode())
    assert (invoice.vat, invoice.payable) == (Decimal("47.01"), Decimal("327.01"))
    assert parse(build(invoice)) == invoice
    with pytest.raises(UnreadableError) as refused:
        parse(content.replace(">38.01<", ">38.03<").replace(">47.01<", ">47.03<").replace("327.01", "327.03").encode())
    assert refused.value.code == "TAXES_DIFFER"


def test_a_bomb_is_refused_before_anything_is_read() -> None:
    bomb = b'<!DOCTYPE Invoice [<!ENTITY a "aaaa">]>' + XML.split(b"?>", 1)[1]
    with pytest.raises(UnsafeXmlError):
        parse(bomb)


def test_what_is_built_says_that_it_is_unsigned_in_both_places() -> None:
    root = safely_parsed(XML)
    assert not drafts.is_signed(root)
    assert b"unsigned draft" in XML
    assert b"#Signature_ART2026000000001" in XML


def test_a_template_stands_in_the_document() -> None:
    read = parse(build(INVOICE, template=b"<stylesheet/>"))
    assert read.info.template_base64_string == "PHN0eWxlc2hlZXQvPg=="
    assert replace(read, info=INVOICE.info) == INVOICE


@pytest.mark.parametrize("field", ["uuid", "issue_date", "invoice_type", "invoice_serie_or_number"])
def test_a_document_is_not_built_without_what_makes_it_one(field: str) -> None:
    unfinished = invoice_of(with_info(entry_for(Profile.EARSIVFATURA, "SATIS"), **{field: None}))
    with pytest.raises(UnbuildableError):
        build(unfinished)


def test_an_allowance_that_comes_to_nothing_stays_one() -> None:
    entry = entry_for(Profile.EARSIVFATURA, "SATIS")
    tiny = AllowanceEntry(percent=Decimal("0.01"))
    invoice = invoice_of(with_lines(entry, unit_price=Decimal("0.50"), allowances=(tiny,)))
    assert invoice.allowance == 0
    assert parse(build(invoice)) == invoice


@pytest.mark.parametrize("is_charge", [False, True])
def test_an_allowance_or_charge_of_nothing_stays_on_the_document_and_on_its_lines(*, is_charge: bool) -> None:
    nothing = (AllowanceCharge(is_charge=is_charge, amount=Decimal("0.00"), reason="Kampanya"),)
    lines = tuple(replace(line, allowances=nothing) for line in INVOICE.lines)
    for invoice in (replace(INVOICE, allowances=nothing), replace(INVOICE, lines=lines)):
        assert parse(build(invoice)) == invoice


def test_a_person_who_sells_has_first_and_family_names() -> None:
    entry = entry_for(Profile.EARSIVFATURA, "SATIS")
    person = replace(entry.seller, name="Ayşe Deniz Örnek", tax_number="99999999068")
    invoice = invoice_of(replace(entry, seller=person))
    content = build(invoice)
    assert "<cbc:FirstName>Ayşe Deniz</cbc:FirstName><cbc:FamilyName>Örnek</cbc:FamilyName>" in content.decode()
    assert parse(content) == invoice


def test_the_documents_day_is_turkeys() -> None:
    after_midnight = datetime(2026, 3, 1, 22, 30, 5, tzinfo=UTC)
    invoice = invoice_of(with_info(entry_for(Profile.EARSIVFATURA, "SATIS"), issue_date=after_midnight))
    content = build(invoice)
    assert b"<cbc:IssueDate>2026-03-02</cbc:IssueDate><cbc:IssueTime>01:30:05</cbc:IssueTime>" in content
    assert parse(content).info.issue_date == after_midnight
