"""GİB's schematron, run by Saxon; it needs an XSLT 3 processor."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from lxml import etree

from app.documents.checking.xsd import Complaint
from app.documents.safe_input.tree import Element, Paths

SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
# The schematron compares dates with the machine's; an invoice of the first hours of a day would look to be of tomorrow.
ZONE: Final = "Europe/Istanbul"


class SchematronError(Exception):
    """Saxon could not run the rules; the text is its own."""


@contextmanager
def _in_turkey() -> Iterator[None]:
    """The process's time zone for as long as Saxon takes to read it, which it does once."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = ZONE
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


@cache
def _compiled(path: Path) -> tuple[Any, Any]:
    """Saxon and the compiled rules; loading takes half a second, once per process."""
    from saxonche import PySaxonProcessor  # noqa: PLC0415  an optional extra, and slow to load

    with _in_turkey():
        processor = PySaxonProcessor(license=False)
        processor.new_xpath_processor().evaluate("current-date()")
        return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(path))


def complaints(draft: Element, profile: str, rules: Path) -> Iterator[Complaint]:
    """What the compiled rules at `rules` say of a document that has its placeholders.

    Saxon gets our own serialisation, so it never sees a document type. Raises SchematronError.
    """
    processor, judge = _compiled(rules)
    kind = "earchive" if profile == "EARSIVFATURA" else "efatura"
    try:
        judge.set_parameter("type", processor.make_string_value(kind))
        node = processor.parse_xml(xml_text=etree.tostring(draft, encoding="unicode"))
        report = etree.fromstring(judge.transform_to_string(xdm_node=node).encode())
    except Exception as error:
        raise SchematronError(str(error)) from error
    paths = Paths()
    for each in report.iter(SVRL + "failed-assert", SVRL + "successful-report", SVRL + "error"):
        sentence = " ".join("".join(str(part) for part in each.itertext()).split())
        yield Complaint(
            _path(draft, each.get("location", ""), paths), each.get("id") or each.get("code") or "RULE", sentence
        )


def _path(draft: Element, location: str, paths: Paths) -> str:
    """Saxon's location (`/Q{namespace}Invoice[1]/...`, perhaps an attribute at its end) as our findings have it."""
    if not location:
        return ""
    try:
        found: Any = etree.ETXPath(location.split("/@", maxsplit=1)[0].replace("Q{", "{"))(draft)
    except etree.XPathError:
        return ""
    return paths.of(found[0]) if found else ""
