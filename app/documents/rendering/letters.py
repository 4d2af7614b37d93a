"""Letters that the font of our PDFs does not have: a box is in the place of each."""

import unicodedata
from functools import cache
from importlib import resources

from app.documents.rendering.pdf import FONTS
from app.documents.safe_input.tree import elements, local_name
from app.documents.safe_input.xml import parse

# Marks that change a letter, joiners and white space have no box of their own.
WITHOUT_A_BOX = frozenset({"Mn", "Me", "Cc", "Cf", "Zs", "Zl", "Zp"})


def without_a_font(invoice: bytes) -> str:
    """The letters of an invoice that a PDF cannot show, each once, in their order.

    Raises UnsafeXmlError, and ImportError without the extra `pdf`.
    """
    known = _letters_of_the_font()
    found: dict[str, None] = {}
    for element in elements(parse(invoice)):
        if local_name(element) != "EmbeddedDocumentBinaryObject":
            found.update(dict.fromkeys(letter for letter in element.text or "" if ord(letter) not in known))
    return "".join(letter for letter in found if unicodedata.category(letter) not in WITHOUT_A_BOX)


@cache
def _letters_of_the_font() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415  comes with the extra `pdf`

    with resources.as_file(resources.files(__package__).joinpath(FONTS, "Inter-Regular.ttf")) as file:
        return frozenset(TTFont(file).getBestCmap())
