"""What a page says, for tests that need neither a process of its own nor a PDF."""

from lxml import html

from app.documents.rendering import Language, default_template, karekod, page, transforming
from app.documents.rendering.templates import rare_units
from app.documents.safe_input.xml import parse


def page_of(invoice: bytes, template: bytes | None = None, **parameters: str) -> bytes:
    """The finished page, with the QR code that rendering would give it, unless another is given."""
    root = parse(invoice)
    known = parameters if "qr" in parameters else {**parameters, "qr": karekod.picture(root) or ""}
    known = {"rare-units": rare_units(root, Language(known.get("language", "tr"))), **known}
    return page.finished(transforming.transformed(invoice, template or default_template(), known), known["qr"])


def text_of(written: bytes) -> str:
    """All that a reader sees, in one line."""
    root = html.document_fromstring(written, parser=html.HTMLParser(encoding="utf-8"))
    for style in list(root.iter("style")):
        style.drop_tree()  # type: ignore[attr-defined]  # missing in its stubs
    return " ".join(" ".join(str(text) for text in root.itertext()).split())
