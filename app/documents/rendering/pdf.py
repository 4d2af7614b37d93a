"""A page as a PDF: WeasyPrint with our own font and nothing else to read."""

import os
from importlib import resources
from pathlib import Path
from typing import Any, Final

from app.documents.rendering.errors import RenderingError

FONTS: Final = "fonts"
# Fontconfig then knows our font alone, so every family that a design asks for is set in it on every machine.
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

    `folder` is for this one PDF. Fontconfig is told once per process which fonts there are, so this is for a process of
    its own. Raises RenderingError for an address that slipped through, and where WeasyPrint or Pango is not installed.
    """
    with resources.as_file(resources.files(__package__).joinpath(FONTS)) as fonts:
        configuration = folder / "fonts.conf"
        configuration.write_text(FONTCONFIG.format(fonts=fonts, folder=folder / "cache"), encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(configuration)
        return _written(page)


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
        document = weasyprint.HTML(string=page.decode(), url_fetcher=OnlyWhatIsInThePage())
        return bytes(document.write_pdf(presentational_hints=True))
    except FatalURLFetchingError as error:
        message = f"The design wants {str(error)[:100]!r} to be fetched: a page has everything in it."
        raise RenderingError("TEMPLATE_READS", message) from error
