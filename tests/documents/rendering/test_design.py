"""Our own design: what it shows of an invoice, in which words, and what only some invoices have."""

import json
import re
from decimal import Decimal
from importlib import resources

import pytest
from lxml import etree
from saxonche import PySaxonProcessor

from app.documents.checking.parsing import parse
from app.documents.rendering import Language, default_design, design_to_embed, karekod
from app.documents.rendering.designs import refuse_unless_safe
from tests.documents.mutations import SAMPLES, sample
from tests.documents.rendering import invoices
from tests.documents.rendering.pages import page_of, text_of

ALL = sorted(path.stem for path in SAMPLES.glob("*.xml"))
XSL = "{http://www.w3.org/1999/XSL/Transform}"
# Making a real one takes longer than all the rest of a page, and no text tells of it.
A_CODE = "data:image/png;base64,AA=="


def said(invoice: bytes, language: Language = Language.TURKISH) -> str:
    return text_of(page_of(invoice, language=language, qr=A_CODE))


def payable(amount: str, currency: str = "TRY") -> bytes:
    root = invoices.parsed("sale")
    invoices.put(root, "LegalMonetaryTotal/PayableAmount", amount)
    invoices.put(root, "DocumentCurrencyCode", currency)
    return invoices.written(root)


def test_our_own_design_may_run() -> None:
    refuse_unless_safe(default_design())


@pytest.mark.parametrize("language", Language)
def test_every_label_is_known_in_every_language(language: Language) -> None:
    design = etree.fromstring(resources.files("app.documents.rendering").joinpath("design.xslt").read_bytes())
    labels = str(design.xpath(f"string(//*[@name='labels-{language}'])"))
    calls = design.iterfind(f".//{XSL}call-template[@name='label']/{XSL}with-param[@name='of']")
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


@pytest.mark.parametrize("dialect", ["references", "codes", "sale", "notes"])
def test_an_internet_sale_is_known_in_every_dialect(dialect: str) -> None:
    root = invoices.parsed("sale")
    if dialect == "references":
        invoices.with_reference(root, "1", "INTERNET", "EArchiveType")
    elif dialect == "codes":
        invoices.with_reference(root, "1", "true", "EXT_IS_ONLINE_SALE")
        invoices.with_reference(root, "1", "https://shop.example.com", "EXT_ONLINE_STORE_URL")
    elif dialect == "sale":
        invoices.with_reference(root, "INTERNET_SATIS", "KREDIKARTI/BANKAKARTI", "ODEME_SEKLI")
    else:
        invoices.with_notes(root, "##internetSatis_webAdresi#https://shop.example.com")
    shown = said(invoices.written(root))
    assert "Bu satış internet üzerinden yapılmıştır." in shown
    assert ("Kredi kartı / banka kartı" in shown) == (dialect == "sale")
    assert ("Web Adresi https://shop.example.com" in shown) == (dialect in {"codes", "notes"})


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
    facts = json.loads(karekod.said(parse(sample("sale"))))
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


def test_a_design_to_embed_shows_the_qr_code_and_the_names_by_itself() -> None:
    design = design_to_embed(sample("sale"), Language.ENGLISH)
    written = page_of(sample("sale"), design, qr="").decode()
    assert "<img" not in written, "a given parameter wins"
    alone = etree.XSLT(etree.fromstring(design))(etree.fromstring(sample("sale")))
    assert re.search(r'<img src="data:image/png;base64,[^"]{500,}"', str(alone))
    assert "Goods / service" in str(alone)


@pytest.mark.parametrize("name", ["sale", "withholding", "consumption_tax", "export", "cash_register"])
def test_another_xslt_processor_shows_the_same(name: str) -> None:
    """The design is embedded in invoices, and nobody knows where those are opened."""
    saxon = PySaxonProcessor(license=False)
    content = sample(name)
    design = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_text=_as_text(default_design()))
    shown = design.transform_to_string(xdm_node=saxon.parse_xml(xml_text=_as_text(content)))
    assert text_of(shown.encode()) == text_of(page_of(content, qr=""))


def _as_text(document: bytes) -> str:
    """Without the declaration of an encoding that text has no more."""
    return etree.tostring(etree.fromstring(document), encoding="unicode")
