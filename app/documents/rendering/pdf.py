"""A page as a PDF: WeasyPrint with our own font and nothing else to read."""

import os
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Final

from app.documents.rendering.errors import RenderingError

FONTS: Final = "fonts"
# Beyond that it cannot be read; a browser stops there too.
MOST_SCALED: Final = 2.5
# A border beside a width of 100 % reaches into the margin by a hair, which needs no scaling.
UNSEEN: Final = 1.01
# Fontconfig then knows our font alone, so every family that a template asks for is set in it on every machine.
FONTCONFIG: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{folder}</cachedir>
  <match target="pattern"><edit name="family" mode="append" binding="strong"><string>Inter</string></edit></match>
</fontconfig>
"""


def written(page: bytes, folder: Path) -> bytes:
    """The PDF of a page that `page.finished` has made; the same bytes for the same page.

    `folder` is for this one PDF. Fontconfig reads once per process which fonts there are, so this is for a process of
    its own. Raises RenderingError for an address that slipped through, and where WeasyPrint or Pango is not installed.
    """
    with resources.as_file(resources.files(__package__).joinpath(FONTS)) as fonts:
        configuration = folder / "fonts.conf"
        configuration.write_text(FONTCONFIG.format(fonts=fonts, folder=folder / "cache"), encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(configuration)
        return _written(page)


def _fitted(source: Any, weasyprint: Any) -> bytes:
    """The PDF; what is wider than the paper is laid out on larger paper and scaled down to it, as browsers print."""
    document = source.render(presentational_hints=True)
    scale = min(MOST_SCALED, max((_overflow(page) for page in document.pages), default=1.0))
    if scale <= UNSEEN:
        return bytes(document.write_pdf())
    first = document.pages[0]
    size = f"@page {{ size: {first.width * scale}px {first.height * scale}px !important }}"
    larger = source.render(presentational_hints=True, stylesheets=[weasyprint.CSS(string=size)])
    return bytes(larger.write_pdf(zoom=1 / scale))


def _overflow(page: Any) -> float:
    """How wide the content is, in widths of the space between the margins.

    WeasyPrint's public interface has no boxes; its release is pinned.
    """
    paper = page._page_box  # noqa: SLF001
    shown = [box for box in paper.children if type(box).__name__ != "MarginBox"]
    edges = [box.border_box_x() + box.border_width() for each in shown for box in _visible(each)]
    return float((max(edges, default=0) - paper.content_box_x()) / paper.width)


def _visible(box: Any) -> Iterator[Any]:
    """The box and all in it that it does not cut off. A line is as wide as what is in it."""
    if type(box).__name__ != "LineBox":
        yield box
    if box.style["overflow"] == "visible":
        for child in getattr(box, "children", ()):
            yield from _visible(child)


def _written(page: bytes) -> bytes:
    try:
        import weasyprint  # noqa: PLC0415  an optional extra, slow to load, and it wants to find its fonts set up
        from weasyprint.urls import FatalURLFetchingError, URLFetcher  # noqa: PLC0415
    except (ImportError, OSError) as error:
        message = "PDFs need WeasyPrint and Pango: pip install 'faturaflow[pdf]', apt install libpangoft2-1.0-0."
        raise RenderingError("PDF_UNAVAILABLE", f"{message} {error}") from error

    class OnlyWhatIsInThePage(URLFetcher):  # type: ignore[misc]  # untyped
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.lower().startswith("data:"):
                return super().fetch(url, headers)
            raise FatalURLFetchingError(url)

    try:
        source = weasyprint.HTML(string=page.decode(), url_fetcher=OnlyWhatIsInThePage())
        return _fitted(source, weasyprint)
    except FatalURLFetchingError as error:
        message = f"The template wants {str(error)[:100]!r} to be fetched: a page has everything in it."
        raise RenderingError("TEMPLATE_READS", message) from error
