"""Our own template: what it shows of an invoice, in which words, and what only some invoices have."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from importlib import resources

import pytest
from lxml import etree
from saxonche import PySaxonProcessor

from app.documents.from_json.calculation import invoice_of
from app.documents.from_json.input_model import InvoiceEntry, TaxEntry
from app.documents.model.profiles import Profile
from app.documents.rendering import Language, default_template, karekod, template_to_embed
from app.documents.rendering.templates import refuse_unless_safe
from app.documents.safe_input.tree import CAC, CBC
from app.documents.safe_input.xml import parse
from app.documents.ubl import build
from app.domain.invoice_details import WithheldVat
from tests.documents.checking.mutations import SAMPLES, sample
from tests.documents.rendering import invoices
from tests.documents.rendering.pages import page_of, text_of
from tests.documents.ubl.pairs import entry_for, with_info, with_lines

ALL = sorted(path.stem for path in SAMPLES.glob("*.xml"))
XSL = "{http://www.w3.org/1999/XSL/Transform}"
# Making a real one takes longer than all the rest of a page, and no text tells of it.
A_CODE = "data:image/png;base64,AA=="


# As Nilvera writes them: the value in the ID, and its name in the code or in the type.
VALUE_IDS = {
    "SEND_TYPE": "ELEKTRONIK",
    "IS_INTERNET": ".",
    "INT_WEBSITE": "https://shop.example.com",
    "INT_PAYMENT_METHOD": "KREDIKARTI/BANKAKARTI",
    "INT_PAYMENTDATE": "2026-03-01",
}


def built(entry: InvoiceEntry) -> bytes:
    return build(invoice_of(entry))


def of_a_thousand(profile: Profile, kind: str) -> InvoiceEntry:
    entry = entry_for(profile, kind)
    line = replace(entry.lines[0], quantity=Decimal(1), unit_price=Decimal(1000), allowances=())
    return replace(entry, lines=(line,))


def said(invoice: bytes, language: Language = Language.TURKISH) -> str:
    return text_of(page_of(invoice, language=language, qr=A_CODE))


def payable(amount: str, currency: str = "TRY") -> bytes:
    root = invoices.parsed("sale")
    invoices.put(root, "LegalMonetaryTotal/PayableAmount", amount)
    invoices.put(root, "DocumentCurrencyCode", currency)
    return invoices.written(root)


def test_our_own_template_may_run() -> None:
    refuse_unless_safe(default_template())


@pytest.mark.parametrize("language", Language)
def test_every_label_is_known_in_every_language(language: Language) -> None:
    template = etree.fromstring(resources.files("app.documents.rendering").joinpath("template.xslt").read_bytes())
    labels = str(template.xpath(f"string(//*[@name='labels-{language}'])"))
    calls = template.iterfind(f".//{XSL}call-template[@name='label']/{XSL}with-param[@name='of']")
    asked = {(call.text or "").strip() for call in calls} - {""}
    assert len(asked) > 50
    assert {name for name in asked if f"|{name}=" not in labels} == set()


@pytest.mark.parametrize("name", ALL)
def test_every_kind_of_invoice_shows_its_parties_number_lines_and_sum(name: str) -> None:
    root = parse(sample(name))
    shown = said(sample(name))
    number = root.findtext("{*}ID")
    names = [each.text for each in root.iterfind(".//{*}Party/{*}PartyName/{*}Name")]
    goods = [each.text for each in root.iterfind("{*}InvoiceLine/{*}Item/{*}Name")]
    amount = f"{Decimal(root.findtext('{*}LegalMonetaryTotal/{*}PayableAmount') or ''):,.2f}"
    names.append(amount.translate(str.maketrans(".,", ",.")))
    assert [each for each in (number, root.findtext("{*}UUID"), *names, *goods) if str(each) not in shown] == []


@pytest.mark.parametrize(
    ("written", "turkish", "english"),
    [
        ("1234567.5", "1.234.567,50", "1,234,567.50"),
        ("0.1250", "0,125", "0.125"),
        ("1000", "1.000,00", "1,000.00"),
        (".5", "0,50", "0.50"),
        ("-12.3", "−12,30", "−12.30"),
        ("123456789012345.67", "123.456.789.012.345,67", "123,456,789,012,345.67"),
        ("10e3", "10e3", "10e3"),
    ],
)
def test_an_amount_is_shown_digit_by_digit(written: str, turkish: str, english: str) -> None:
    assert f"Ödenecek Tutar {turkish} TL" in said(payable(written)).replace("\xa0", " ")
    assert f"Amount due {english} TRY" in said(payable(written), Language.ENGLISH)


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("327.00", "TRY", "Yalnız üçyüzyirmiyedi Türk lirası"),
        ("1000.05", "TRY", "Yalnız bin Türk lirası beş kuruş"),
        ("1001", "TRY", "Yalnız binbir Türk lirası"),
        ("21000.90", "USD", "Yalnız yirmibirbin ABD doları doksan sent"),
        ("1000000", "EUR", "Yalnız birmilyon avro"),
        ("100100100.1", "TRY", "Yalnız yüzmilyonyüzbinyüz Türk lirası on kuruş"),
        ("0.00", "TRY", "Yalnız sıfır Türk lirası"),
        ("5.25", "SEK", "Yalnız beş SEK yirmibeş / 100"),
    ],
)
def test_the_amount_stands_in_turkish_words(amount: str, currency: str, words: str) -> None:
    assert f"Yazıyla {words}" in said(payable(amount, currency))


def test_a_note_that_has_the_amount_in_words_is_taken_at_its_word() -> None:
    shown = said(invoices.written(invoices.with_notes(invoices.parsed("sale"), "YALNIZ ÜÇYÜZ TL", "Teşekkürler")))
    assert "Yazıyla YALNIZ ÜÇYÜZ TL" in shown
    assert (shown.count("YALNIZ"), "Notlar Teşekkürler" in shown) == (1, True)


@pytest.mark.parametrize(
    ("unit", "turkish", "english"),
    [
        ("C62", "Adet", "unit"),
        ("26", "Fiili Ton", "actual ton"),
        ("2A", "radian per second", "radian per second"),
        ("??", "??", "??"),
    ],
)
def test_a_unit_has_its_name_also_where_our_template_does_not_carry_it(unit: str, turkish: str, english: str) -> None:
    root = invoices.parsed("sale")
    invoices.at(root, "InvoiceLine/InvoicedQuantity").set("unitCode", unit)
    content = invoices.written(root)
    for language, name in ((Language.TURKISH, turkish), (Language.ENGLISH, english)):
        assert f"2 {name}" in said(content, language)
        alone = etree.XSLT(etree.fromstring(template_to_embed(content, language)))(root)
        assert f"2 {name}" in text_of(str(alone).encode())


def test_only_an_unsigned_document_is_a_draft() -> None:
    assert "Taslak: mali mühür veya e-imza taşımaz" in said(sample("sale"))
    assert "Taslak" not in said(invoices.one_line())


def test_columns_that_no_line_fills_are_not_there() -> None:
    assert "İskonto / Artırım" in said(sample("sale"))
    assert "İskonto / Artırım" not in said(sample("withholding"))
    assert "KDV Oranı" not in said(invoices.one_line())
    assert "Diğer Vergiler" in said(sample("consumption_tax"))


def test_a_foreign_currency_has_its_rate_and_the_sum_in_lira() -> None:
    shown = said(sample("exempt_in_dollars"))
    assert "1 USD = 41,25 TL" in shown
    assert "TL Karşılığı Vergiler Hariç Tutar 20.625,00 TL" in shown
    assert "İstisna / Muafiyet Sebebi 302 Reason 302" in shown


def test_a_withholding_is_named_and_taken_off() -> None:
    shown = said(sample("withholding"))
    assert "613 Çevre ve Bahçe Bakım Hizmetleri" in shown
    assert "KDV Tevkifatı (613, %90) −180,00 TL Ödenecek Tutar 1.020,00 TL" in shown


def test_a_tax_that_the_buyer_keeps_back_is_taken_off_below_the_total() -> None:
    kept_back = (TaxEntry(rate=Decimal(20)), TaxEntry(code="0003", rate=Decimal(20)))
    shown = said(built(with_lines(of_a_thousand(Profile.EARSIVFATURA, "SATIS"), taxes=kept_back)))
    total = "Vergiler Dahil Toplam 1.200,00 TL"
    assert f"{total} GV STOPAJI (%20) −200,00 TL Ödenecek Tutar 1.000,00 TL" in shown
    assert "Hesaplanan GV" not in shown
    assert "−200,00 GV STOPAJI %20" in shown  # on the line


def test_vat_that_is_not_collected_is_taken_off() -> None:
    entry = replace(of_a_thousand(Profile.TEMELFATURA, "IHRACKAYITLI"), vat_deferred=True)
    total = "Vergiler Dahil Toplam 1.200,00 TL"
    assert f"{total} Tahsil Edilmeyen KDV −200,00 TL Ödenecek Tutar 1.000,00 TL" in said(built(entry))
    assert "Tahsil Edilmeyen KDV" not in said(built(replace(entry, vat_deferred=False)))


def test_vat_that_is_in_the_price_says_so() -> None:
    entry = entry_for(Profile.EARSIVFATURA, "OZELMATRAH")
    assert "Hesaplanan KDV (%20) fiyata dahil" in said(built(entry))
    assert "fiyata dahil" not in said(built(replace(entry, special_base_in_price=False)))


def test_vat_that_is_only_computed_is_not_among_what_is_added() -> None:
    shown = said(built(entry_for(Profile.EARSIVFATURA, "YTBISTISNA")))
    assert "hesaplanan, tahsil edilmeyen" in shown
    assert "Hesaplanan KDV" not in shown


def test_the_sums_in_lira_add_up_to_the_kurus() -> None:
    entry = with_lines(of_a_thousand(Profile.EARSIVFATURA, "TEVKIFAT"), withholding=WithheldVat(code="612"))
    entry = with_info(entry, currency_code="USD", exchange_rate=Decimal("40.123456"))
    shown = said(built(entry))
    assert (
        "Vergiler Hariç Tutar 40.123,46 TL Vergiler 8.024,69 TL Vergiler Dahil Toplam 48.148,15 TL "
        "Kesintiler −7.222,22 TL Ödenecek Tutar 40.925,93 TL"
    ) in shown


def test_a_rate_of_the_lira_to_another_currency_is_none_of_the_documents() -> None:
    root = invoices.parsed("sale")
    place = invoices.at(root, "TaxTotal")
    rate = etree.Element(CAC + "PricingExchangeRate")
    for name, value in (("SourceCurrencyCode", "TRY"), ("TargetCurrencyCode", "EUR"), ("CalculationRate", "20.3193")):
        etree.SubElement(rate, CBC + name).text = value
    place.addprevious(rate)
    shown = said(invoices.written(root))
    assert "Döviz Kuru" not in shown
    assert "20,3193" not in shown


@pytest.mark.parametrize("factor", ["0.0375", "3.75"])
def test_an_allowance_of_nothing_has_the_percentage_that_was_said(factor: str) -> None:
    root = invoices.parsed("sale")
    allowance = invoices.at(root, "InvoiceLine/AllowanceCharge")
    for name, value in (("MultiplierFactorNumeric", factor), ("Amount", "0.00"), ("BaseAmount", "0.03")):
        found = allowance.find(CBC + name)
        if found is None:
            found = etree.Element(CBC + name)
            allowance.insert(1, found)
        found.text = value
    assert "0,00 %3,75" in said(invoices.written(root))


@pytest.mark.parametrize("name", ["DE", ""])
def test_a_country_that_is_only_a_code_is_shown_by_its_name(name: str) -> None:
    root = invoices.parsed("sale")
    country = invoices.at(root, "AccountingCustomerParty/Party/PostalAddress/Country")
    for each in list(country):
        country.remove(each)
    etree.SubElement(country, CBC + "IdentificationCode").text = "DE"
    etree.SubElement(country, CBC + "Name").text = name
    assert ", Almanya" in said(invoices.written(root))
    assert ", Germany" in said(invoices.written(root), Language.ENGLISH)


def test_a_tourist_has_a_passport_on_the_page_and_in_the_qr_code() -> None:
    invoice = built(entry_for(Profile.YOLCUBERABERFATURA, "ISTISNA"))
    facts = json.loads(karekod.code_text(parse(invoice)))
    assert f"Pasaport No {facts['pasaportno']}" in said(invoice)
    assert facts["pasaportno"]
    assert facts["aracikurumvkn"]
    assert f"Aracı Kurum VKN {facts['aracikurumvkn']}" in said(invoice)


def test_a_return_names_what_is_returned() -> None:
    returned = parse(sample("return")).findtext(".//{*}InvoiceDocumentReference/{*}ID")
    assert f"İade Edilen Fatura {returned}" in said(sample("return"))


def test_a_sale_on_the_internet_shows_what_the_law_asks_and_a_slip_to_return_with() -> None:
    shown = said(invoices.internet_sale())
    for each in (
        "e-Arşiv izni kapsamında elektronik ortamda iletilmiştir.",
        "Bu satış internet üzerinden yapılmıştır.",
        "Web Adresi https://shop.example.com",
        "Ödeme Şekli Ödeme aracısı",
        "Ödeme Aracısı Artificial Ödeme A.Ş.",
        "Ödeme Tarihi 01.03.2026",
        "Gönderim Tarihi 03.03.2026",
        "Taşıyıcı Artificial Kargo A.Ş. 9000000025",
        "İade Bölümü",
    ):
        assert each in shown
    assert shown.count("İrsaliye yerine geçer") == 1
    assert "internetSatisBilgi" not in shown


@pytest.mark.parametrize("dialect", ["references", "codes", "sale", "values", "names", "notes"])
def test_an_internet_sale_is_known_in_every_dialect(dialect: str) -> None:
    root = invoices.parsed("sale")
    if dialect == "references":
        invoices.with_reference(root, "1", "INTERNET", "EArchiveType")
    elif dialect == "codes":
        invoices.with_reference(root, "1", "true", "EXT_IS_ONLINE_SALE")
        invoices.with_reference(root, "1", "https://shop.example.com", "EXT_ONLINE_STORE_URL")
    elif dialect == "sale":
        invoices.with_reference(root, "INTERNET_SATIS", "KREDIKARTI/BANKAKARTI", "ODEME_SEKLI")
    elif dialect in {"values", "names"}:
        for name, value in VALUE_IDS.items():
            invoices.with_reference(root, value, *(("", name) if dialect == "values" else (name, "")))
    else:
        invoices.with_notes(root, "##internetSatis_webAdresi#https://shop.example.com")
    shown = said(invoices.written(root))
    assert "Bu satış internet üzerinden yapılmıştır." in shown
    assert ("Kredi kartı / banka kartı" in shown) == (dialect in {"sale", "values", "names"})
    assert ("Web Adresi https://shop.example.com" in shown) == (dialect in {"codes", "values", "names", "notes"})
    assert ("elektronik ortamda iletilmiştir" in shown) == (dialect in {"values", "names"})
    assert ("Ödeme Tarihi 01.03.2026" in shown) == (dialect in {"values", "names"})
    assert "IS_INTERNET" not in shown


def test_a_sale_that_is_no_internet_sale_says_so_nowhere() -> None:
    root = invoices.parsed("sale")
    invoices.with_reference(root, "1", "NORMAL", "EArchiveType")
    invoices.with_reference(root, "1", "KAGIT", "SendingType")
    shown = said(invoices.written(root))
    assert ("internet" in shown, "elektronik ortamda" in shown, "Kaşe / İmza" in shown) == (False, False, True)


def test_english_labels_leave_what_the_document_says() -> None:
    shown = said(sample("withholding"), Language.ENGLISH)
    assert "Bill to Artificial Buyer Ltd. Şti." in shown
    assert "10 hour" in shown
    assert "VAT (20 %) 200.00 TRY" in shown


def test_nothing_in_an_invoice_becomes_markup_or_style() -> None:
    root = invoices.parsed("sale")
    invoices.put(root, "ID", '</style><script>alert(1)</script>"')
    invoices.put(root, "InvoiceLine/Item/Name", "<img src=x onerror=alert(1)>")
    written = page_of(invoices.written(root)).decode()
    assert ("<script" in written, "<img src=x" in written) == (False, False)
    assert "&lt;img src=x onerror=alert(1)&gt;" in written


def test_the_qr_code_says_what_gib_asks_for() -> None:
    facts = json.loads(karekod.code_text(parse(sample("sale"))))
    assert list(facts) == [
        "vkntckn", "avkntckn", "senaryo", "tip", "tarih", "no", "ettn", "parabirimi", "malhizmettoplam",
        "kdvmatrah(20)", "hesaplanankdv(20)", "kdvmatrah(10)", "hesaplanankdv(10)", "vergidahil", "odenecek",
    ]  # fmt: skip
    assert (facts["vkntckn"], facts["avkntckn"], facts["no"]) == ("9000000009", "11111111111", "ART2026000000001")
    assert (facts["kdvmatrah(20)"], facts["hesaplanankdv(10)"], facts["odenecek"]) == ("190.00", "9.00", "327.00")


def test_an_invoice_with_more_to_say_than_a_qr_code_holds_is_shown_without_one() -> None:
    root = invoices.parsed("sale")
    invoices.put(root, "UUID", "x" * 4000)
    assert karekod.picture(root) is None
    assert b"<img" not in page_of(invoices.written(root))


def test_a_template_to_embed_shows_the_qr_code_and_the_names_by_itself() -> None:
    template = template_to_embed(sample("sale"), Language.ENGLISH)
    written = page_of(sample("sale"), template, qr="").decode()
    assert "<img" not in written, "a given parameter wins"
    alone = etree.XSLT(etree.fromstring(template))(etree.fromstring(sample("sale")))
    assert re.search(r'<img src="data:image/png;base64,[^"]{500,}"', str(alone))
    assert "Goods / service" in str(alone)


@pytest.mark.parametrize("name", ["sale", "withholding", "consumption_tax", "export", "cash_register"])
def test_another_xslt_processor_shows_the_same(name: str) -> None:
    """The template is embedded in invoices, and nobody knows where those are opened."""
    saxon = PySaxonProcessor(license=False)
    content = sample(name)
    template = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_text=_as_text(default_template()))
    shown = template.transform_to_string(xdm_node=saxon.parse_xml(xml_text=_as_text(content)))
    assert text_of(shown.encode()) == text_of(page_of(content, qr=""))


def _as_text(document: bytes) -> str:
    """Without the declaration of an encoding that text has no more."""
    return etree.tostring(etree.fromstring(document), encoding="unicode")
