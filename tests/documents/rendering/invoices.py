"""Invoices to look at: the checker's clean samples, and what is made of them."""

import base64
import json
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from lxml import etree

from app.documents.checking import Mode
from app.documents.from_json.build import make
from app.documents.from_json.calculation import invoice_of
from app.documents.from_json.input_model import AllowanceEntry, TaxEntry
from app.documents.model.profiles import Profile
from app.documents.safe_input.tree import CAC, CBC, EXT, Element
from app.documents.ubl import build
from app.domain.invoice_details import WithheldVat
from tests.documents.checking.mutations import sample
from tests.documents.ubl.pairs import entry_for, with_info

EXAMPLE: Final = Path(__file__).parents[3] / "docs" / "examples" / "invoice.json"
SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"
GOODS: Final = (
    "Filtre kahve, Etiyopya Yirgacheffe, 1 kg çekirdek",
    "Çaydanlık, çelik, 2,5 litre",
    "Porselen fincan takımı (6 kişilik)",
    "Iğdır kayısısı, güneşte kurutulmuş",
    "Öğütücü bıçağı, yedek",
)


def parsed(name: str) -> Element:
    return etree.fromstring(sample(name), etree.XMLParser(remove_blank_text=True))


def parsed_of(content: bytes) -> Element:
    return etree.fromstring(content)


def written(root: Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def signed(root: Element) -> Element:
    """With the element that a signer leaves; what is in it is nobody's business here."""
    extensions = etree.Element(EXT + "UBLExtensions")
    content = etree.SubElement(etree.SubElement(extensions, EXT + "UBLExtension"), EXT + "ExtensionContent")
    etree.SubElement(content, SIGNATURE)
    root.insert(0, extensions)
    return root


def at(root: Element, path: str) -> Element:
    """The first element at a path of local names."""
    found = root.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    assert found is not None, path
    return found


def put(root: Element, path: str, text: str) -> None:
    at(root, path).text = text


def with_notes(root: Element, *notes: str) -> Element:
    place = at(root, "InvoiceTypeCode")
    for note in reversed(notes):
        element = etree.Element(CBC + "Note")
        element.text = note
        place.addnext(element)
    return root


def with_reference(
    root: Element, number: str, kind: str, code: str = "", *, file: tuple[str, bytes] | None = None
) -> None:
    """An AdditionalDocumentReference before the parties."""
    reference = etree.Element(CAC + "AdditionalDocumentReference")
    etree.SubElement(reference, CBC + "ID").text = number
    etree.SubElement(reference, CBC + "IssueDate").text = "2026-03-02"
    if code:
        etree.SubElement(reference, CBC + "DocumentTypeCode").text = code
    etree.SubElement(reference, CBC + "DocumentType").text = kind
    if file:
        attachment = etree.SubElement(reference, CAC + "Attachment")
        name, content = file
        binary = etree.SubElement(attachment, CBC + "EmbeddedDocumentBinaryObject", filename=name)
        binary.text = base64.b64encode(content).decode()
    at(root, "AccountingSupplierParty").addprevious(reference)


def with_template(template: bytes, name: str = "sale") -> bytes:
    """A sample with a template inside, as integrators put it there."""
    root = parsed(name)
    with_reference(root, "1", "XSLT", file=("ART2026000000001.xslt", template))
    return written(root)


def one_line() -> bytes:
    """One line, and everything around it: contact, order, delivery notes, bank, notes."""
    root = signed(parsed("commercial"))
    seller = at(root, "AccountingSupplierParty/Party")
    contact = etree.SubElement(seller, CAC + "Contact")
    etree.SubElement(contact, CBC + "Telephone").text = "+90 000 000 00 00"
    etree.SubElement(contact, CBC + "ElectronicMail").text = "fatura@seller.example.com"
    website = etree.Element(CBC + "WebsiteURI")
    website.text = "https://seller.example.com"
    seller.insert(0, website)
    place = at(root, "AccountingSupplierParty")
    for name, number, day in (
        ("OrderReference", "SIP-2026-0042", "2026-02-27"),
        ("DespatchDocumentReference", "IRS2026000000007", "2026-03-01"),
        ("DespatchDocumentReference", "IRS2026000000008", "2026-03-02"),
    ):
        reference = etree.Element(CAC + name)
        etree.SubElement(reference, CBC + "ID").text = number
        etree.SubElement(reference, CBC + "IssueDate").text = day
        place.addprevious(reference)
    with_reference(root, "TEKLIF-7", "Teklif", file=("teklif.pdf", b"%PDF-"))
    return written(with_notes(root, "Teslimat mesai saatleri içinde yapılır.\nTeşekkür ederiz."))


def many_lines(count: int = 40) -> bytes:
    """`count` lines of twelve apiece at ten percent; the sums are reckoned, because a reader reckons too."""
    root = signed(parsed("sale"))
    _, second = root.findall(CAC + "InvoiceLine")
    total = Decimal(0)
    for number in range(count):
        amount = 12 * (Decimal(125) + Decimal("7.25") * number)
        second.addprevious(_line(second, number, amount))
        total += amount
    for each in (*root.findall(CAC + "InvoiceLine")[-1:], at(root, "InvoiceLine"), at(root, "TaxTotal/TaxSubtotal")):
        parent = each.getparent()
        assert parent is not None
        parent.remove(each)
    _set_totals(root, total)
    put(root, "LineCountNumeric", str(count))
    return written(root)


def _line(model: Element, number: int, amount: Decimal) -> Element:
    line = deepcopy(model)
    put(line, "ID", str(number + 1))
    put(line, "InvoicedQuantity", "12")
    put(line, "LineExtensionAmount", f"{amount:.2f}")
    put(line, "TaxTotal/TaxAmount", f"{amount / 10:.2f}")
    put(line, "TaxTotal/TaxSubtotal/TaxableAmount", f"{amount:.2f}")
    put(line, "TaxTotal/TaxSubtotal/TaxAmount", f"{amount / 10:.2f}")
    put(line, "Item/Name", GOODS[number % len(GOODS)])
    put(line, "Price/PriceAmount", f"{amount / 12:.2f}")
    return line


def _set_totals(root: Element, total: Decimal) -> None:
    vat = total / 10
    put(root, "TaxTotal/TaxAmount", f"{vat:.2f}")
    put(root, "TaxTotal/TaxSubtotal/TaxableAmount", f"{total:.2f}")
    put(root, "TaxTotal/TaxSubtotal/TaxAmount", f"{vat:.2f}")
    for name, amount in (
        ("LineExtensionAmount", total),
        ("TaxExclusiveAmount", total),
        ("TaxInclusiveAmount", total + vat),
        ("AllowanceTotalAmount", Decimal(0)),
        ("PayableAmount", total + vat),
    ):
        put(root, f"LegalMonetaryTotal/{name}", f"{amount:.2f}")


def long_names() -> bytes:
    root = signed(parsed("withholding"))
    long = "Artificial Uluslararası Gıda, Tekstil, İnşaat, Turizm, Bilişim ve Danışmanlık Hizmetleri "
    put(root, "AccountingSupplierParty/Party/PartyName/Name", long + "Sanayi ve Dış Ticaret Anonim Şirketi")
    put(root, "AccountingCustomerParty/Party/PartyName/Name", long + "Pazarlama Limited Şirketi Örnekşehir Şubesi")
    put(
        root,
        "AccountingCustomerParty/Party/PostalAddress/StreetName",
        "Örnek Organize Sanayi Bölgesi Mahallesi, Ondokuzmayıs Bulvarı, Deneme İş Merkezi, A Blok, Kat 12, No 345/67",
    )
    put(root, "InvoiceLine/Item/Name", "Danışmanlık_hizmeti_" * 8 + " ve başka bir uzun açıklama")
    put(root, "InvoiceLine/Price/PriceAmount", "123456789.12345678")
    return written(root)


def internet_sale() -> bytes:
    """As Logo and QNB write one (dialect A), sent electronically and in place of a despatch note."""
    root = signed(parsed("sale"))
    path = "internetSatisBilgi/"
    with_reference(root, "gonderimSekli", "ELEKTRONIK")
    with_reference(root, path + "webAdresi", "https://shop.example.com")
    with_reference(root, path + "odemeSekli", "ODEMEARACISI")
    with_reference(root, path + "odemeAracisiAdi", "Artificial Ödeme A.Ş.")
    with_reference(root, path + "odemeTarihi", "2026-03-01")
    with_reference(root, path + "gonderiBilgileri/gonderimTarihi", "2026-03-03")
    with_reference(root, path + "gonderiBilgileri/gonderiTasiyan/tuzelKisi/unvan", "Artificial Kargo A.Ş.")
    with_reference(root, path + "gonderiBilgileri/gonderiTasiyan/tuzelKisi/vkn", "9000000025")
    return written(with_notes(root, "İrsaliye yerine geçer."))


def shop() -> bytes:
    """The example of docs/ubl-build.md: a shop's sale with a coupon, freight, payment and a note."""
    xml = make(EXAMPLE.read_bytes(), now=datetime(2026, 3, 3, 12, tzinfo=UTC), mode=Mode.TEST).xml
    assert xml is not None
    return xml


def long_figures() -> bytes:
    """Every column filled, and amounts in thousands of millions."""
    entry = with_info(entry_for(Profile.EARSIVFATURA, "TEVKIFAT"), issue_date=datetime(2026, 3, 2, 9, tzinfo=UTC))
    line = replace(
        entry.lines[0],
        name="Konaklama ve temizlik hizmeti, Haziran 2026 dönemi, B blok",
        quantity=Decimal("1234.5"),
        unit="MTK",
        unit_price=Decimal("1234567.89"),
        taxes=(TaxEntry(rate=Decimal(20)), TaxEntry(code="0071", rate=Decimal(10))),
        allowances=(AllowanceEntry(percent=Decimal("12.5"), reason="Sözleşme iskontosu"),),
        withholding=WithheldVat(code="612"),
    )
    coded = replace(line, name="LAPTOP-15INCH-I7-32GB-1TB-SSD-2026-MODEL-TR-Q-KLAVYE", quantity=Decimal(10))
    return written(signed(parsed_of(build(invoice_of(replace(entry, lines=(line, coded)))))))


def crowded_shop() -> bytes:
    """The shop's sale with more of the seller and the buyer, and a payment intermediary."""
    content = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    content["seller"].update(phone="0212 555 00 00", email="info@example.com")
    content["seller"]["address"]["street"] = "Deneme Mahallesi Uzun Sokak Adı Caddesi No: 123 Kat 4 Daire 17"
    content["buyer"]["phone"] = "0532 000 00 00"
    sale = content["ArchiveInvoice"]["InvoiceInfo"]["InternetInfo"]
    sale.update(PaymentMethod="ODEMEARACISI", PaymentMethodName="Örnek Ödeme A.Ş.")
    xml = make(json.dumps(content).encode(), now=datetime(2026, 3, 3, 12, tzinfo=UTC), mode=Mode.TEST).xml
    assert xml is not None
    return xml


def with_signature(name: str) -> bytes:
    """A sample that is no draft."""
    return written(signed(parsed(name)))
