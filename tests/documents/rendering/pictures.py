"""Golden pictures: what a page looked like when somebody last looked at it.

`python -m tests.documents.rendering.pictures` takes them anew; look at them before they are committed.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image, ImageChops

from app.documents.rendering import Language, default_template, render_pdf
from tests.documents.checking.mutations import sample
from tests.documents.rendering import invoices

FOLDER: Final = Path(__file__).parent / "golden"
# Of a hundred pixels of a page.
MOST_DIFFERENT: Final = 0.5
# Shades of 255: another release of a library may smooth an edge otherwise, and nobody sees that.
SHADES: Final = 12
# Shades are rounded to tens, so that a picture has few enough colours for a palette: a third of the size.
ROUNDED: Final = [min(255, round(shade / 10) * 10) for shade in range(256)]

CASES: Final[Mapping[str, tuple[Callable[[], bytes], Language]]] = {
    "draft": (lambda: sample("sale"), Language.TURKISH),
    "one_line": (invoices.one_line, Language.TURKISH),
    "many_lines": (invoices.many_lines, Language.TURKISH),
    "long_names": (invoices.long_names, Language.TURKISH),
    "dollars": (lambda: invoices.with_signature("exempt_in_dollars"), Language.ENGLISH),
    "withholding": (lambda: invoices.with_signature("withholding"), Language.TURKISH),
    "return": (lambda: invoices.with_signature("return"), Language.TURKISH),
    "internet_sale": (invoices.internet_sale, Language.TURKISH),
    "shop": (invoices.shop, Language.TURKISH),
    "long_figures": (invoices.long_figures, Language.TURKISH),
}


def taken(invoice: bytes, language: Language = Language.TURKISH) -> list[Image.Image]:
    """The pages of our own template, one pixel for a point."""
    pages = pypdfium2.PdfDocument(render_pdf(invoice, default_template(), language))
    return [page.render(scale=1).to_pil().convert("RGB") for page in pages]


def golden(name: str) -> list[Image.Image]:
    """The pages as they were taken before, in order."""
    return [Image.open(path) for path in sorted(FOLDER.glob(f"{name}-*.png"))]


def different(one: Image.Image, other: Image.Image) -> float:
    """How many of a hundred pixels differ; all of them when the pages have different sizes."""
    if one.size != other.size:
        return 100.0
    red, green, blue = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).split()
    shades = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    return 100 * sum(shades[SHADES + 1 :]) / (one.width * one.height)


def record() -> None:
    """Take every picture anew."""
    for name, (invoice, language) in CASES.items():
        for number, page in enumerate(taken(invoice(), language), start=1):
            flat = page.point(ROUNDED * 3).quantize(256, dither=Image.Dither.NONE)
            flat.save(FOLDER / f"{name}-{number}.png", optimize=True)


if __name__ == "__main__":
    record()
