"""Which XSLT shows an invoice, and whether it may be run at all."""

import re
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

from lxml import etree

from app.documents.codelists import rows
from app.documents.model.taxes import Role, role_of
from app.documents.rendering import karekod
from app.documents.rendering.errors import RenderingError
from app.documents.safe_input.stylesheets import ROOTS, XSL, dangers
from app.documents.safe_input.tree import CBC, Element, aggregates, embedded_file, leaf, text
from app.documents.safe_input.xml import UnsafeXmlError, parse, parse_xml

# The largest that integrators embed are about half a mebibyte, with pictures in them.
MOST_BYTES: Final = 4 * 1024 * 1024
# The variables of our template that are filled from a code list, in both languages.
LISTS: Final = {
    "units": "unit_codes",
    "types": "invoice_types",
    "profiles": "profiles",
    "schemes": "party_id_schemes",
    "means": "payment_means",
    "channels": "payment_channels",
    "slips": "okc_receipt_types",
    "taxes": "tax_types",
    "withholdings": "withholding_codes",
    "countries": "countries",
}
# Two thousand units would make a template of a megabyte: those of GİB's lists, and those that the market uses.
UNIT_TIERS: Final = frozenset({"gib_list", "gib_view", "common"})
# UN/ECE calls the piece "one", which reads badly behind a number.
SPOKEN: Final = {("units", "C62", "en"): "unit"}


class Language(StrEnum):
    """Of the labels in our own template; what a document says is not translated."""

    TURKISH = "tr"
    ENGLISH = "en"


@cache
def default_template(language: Language = Language.TURKISH) -> bytes:
    """Our own XSLT 1.0 template with its code lists filled in; `language` is its default, a parameter overrides it."""
    return _written(_filled(language))


def template_to_embed(invoice: bytes, language: Language = Language.TURKISH) -> bytes:
    """Our own template with this invoice's QR code in it, which no viewer could make.

    The invoice must have its number and ETTN, because the code says them. Raises UnsafeXmlError.
    """
    root, content = _filled(language), parse(invoice)
    _named(root, "param", "qr").text = karekod.picture(content)
    _named(root, "param", "rare-units").text = rare_units(content, language)
    return _written(root)


def rare_units(invoice: Element, language: Language) -> str:
    """The names of this invoice's units that our template does not carry: `|26=Fiili Ton|`.

    In English where there is no Turkish name.
    """
    used = {each.get("unitCode") for each in invoice.iter(CBC + "InvoicedQuantity")}
    names = []
    for row in rows("unit_codes"):
        name = row["name_" + language] or row["name_en"]
        if row["code"] in used and row["tier"] not in UNIT_TIERS and name:
            names.append(f"|{row['code']}={_short(name)}")
    return "".join(names) + "|"


def embedded_template(invoice: Element) -> bytes | None:
    """The template that the invoice brings along, None when it brings none or an empty one.

    Raises RenderingError for broken base64.
    """
    for reference in aggregates(invoice, "AdditionalDocumentReference"):
        file = leaf(reference, "Attachment/EmbeddedDocumentBinaryObject")
        if file is not None and _is_template(reference, file):
            try:
                template = embedded_file(file)
            except ValueError as error:
                message = f"The template inside the invoice is cut off or no base64: {error}."
                raise RenderingError("TEMPLATE_NOT_BASE64", f"{message} Name another template.") from error
            if template.strip():
                return template
    return None


def template_for(invoice: bytes, chosen: bytes | None = None, language: Language = Language.TURKISH) -> bytes:
    """The template that is chosen, else the one that the invoice brings along, else ours; never one that may not run.

    Raises UnsafeXmlError for the invoice, RenderingError for the template.
    """
    template = chosen if chosen is not None else embedded_template(parse(invoice))
    if template is None:
        return default_template(language)
    refuse_unless_safe(template)
    return template


def refuse_unless_safe(template: bytes) -> None:
    """Looks, without running it, whether a template is an XSLT that reads, writes and executes nothing.

    Raises RenderingError. What only shows when it runs is bounded there.
    """
    if len(template) > MOST_BYTES:
        raise RenderingError("TEMPLATE_TOO_LARGE", f"The template has more than {MOST_BYTES} bytes.")
    try:
        root = parse_xml(template)
    except UnsafeXmlError as error:
        raise RenderingError(f"TEMPLATE_{error.code}", f"The template cannot be read. {error}") from error
    if root.tag not in ROOTS:
        raise RenderingError("TEMPLATE_NOT_XSLT", f"The template is no XSLT stylesheet: its root is {root.tag}.")
    for code, message in dangers(root):
        raise RenderingError(code, message)


def _is_template(reference: Element, file: Element) -> bool:
    named = (file.get("filename") or "").lower()
    return text(reference, "DocumentType").upper() == "XSLT" or named.endswith((".xslt", ".xsl"))


def _filled(language: Language) -> Element:
    # Read as it is written: with its comments, and without taking a space between two labels for nothing.
    file = resources.files(__package__).joinpath("template.xslt").read_bytes()
    root = etree.fromstring(file, etree.XMLParser(resolve_entities=False, no_network=True))
    _named(root, "param", "language").text = language
    for variable, source in LISTS.items():
        for tongue in Language:
            _named(root, "variable", f"{variable}-{tongue}").text = _list(variable, source, tongue)
    kept_back = [row["code"] for row in rows("tax_types") if role_of(row["code"]) is Role.WITHHELD]
    _named(root, "variable", "withheld").text = f"|{'|'.join(kept_back)}|"
    return root


def _list(variable: str, source: str, language: Language) -> str:
    names = []
    for row in rows(source):
        if row["name_" + language] and row.get("tier", "common") in UNIT_TIERS:
            name = SPOKEN.get((variable, row["code"], language)) or _short(row["name_" + language])
            names.append(f"|{row['code']}={name}")
    return "".join(names) + "|"


def _short(name: str) -> str:
    """Without what a list explains in brackets: `Adet (Unit)` is a piece."""
    return re.split(r" [(\[]", name, maxsplit=1)[0]


def _named(root: Element, kind: str, name: str) -> Element:
    found = root.find(f"{XSL}{kind}[@name='{name}']")
    assert found is not None
    return found


def _written(root: Element) -> bytes:
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)
