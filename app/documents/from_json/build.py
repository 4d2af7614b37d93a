"""From an invoice in JSON to its XML, returned only when it has passed every rule and is read back as it was."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from app.documents.checking import Finding, Mode, Severity, check
from app.documents.from_json import reading
from app.documents.from_json.calculation import invoice_of
from app.documents.from_json.input_model import InvoiceEntry
from app.documents.invoice_info import InvoiceInfo
from app.documents.invoice_info.rules import Circumstances
from app.documents.invoice_info.rules.header import template_errors
from app.documents.rendering import template_to_embed
from app.documents.safe_input.json import JsonRefused
from app.documents.ubl import UnbuildableError, build
from app.documents.ubl.invoice_checks import invoice_errors
from app.documents.ubl.read_back import read_back_errors
from app.domain.errors import FieldError
from app.domain.orders import LineKind
from app.domain.time import legal_date

# Findings name a file; this one has no name yet.
_UNNAMED: Final = "invoice.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing that is wrong: a JSON path in the file, or a path of elements in what was built from it."""

    path: str
    code: str
    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The document, None where anything that was found is an error; and everything that was found."""

    xml: bytes | None
    found: tuple[Violation, ...]


def make(
    raw: bytes,
    *,
    now: datetime,
    mode: Mode,
    template: bytes | None = None,
    stored: Callable[[UUID], bytes | None] = lambda _: None,
) -> Made:
    """Reads, calculates, builds, checks and reads the XML back.

    `stored` returns the template that the header's TemplateUUID names, None for one that is not stored here. Where
    neither the caller nor the header brings or names one, ours is embedded, with the invoice's QR code in it. Raises
    nothing for its content. Notes (it is unsigned; GİB's rules are not installed) are among what was found.
    """
    try:
        entry = reading.read(raw)
    except JsonRefused as refused:
        return Made(xml=None, found=tuple(map(_of_field, refused.errors)))
    invoice, dialect = invoice_of(entry), entry.dialect.dialect()
    if (named := _stored_template(invoice.info, stored)) is not None:
        invoice, template = replace(invoice, info=replace(invoice.info, template_uuid=None)), named
    errors = (*invoice_errors(invoice, _circumstances(entry, now)), *_template_errors(template))
    try:
        xml = build(invoice, dialect=dialect, template=template)
    except UnbuildableError:
        return Made(xml=None, found=tuple(map(_of_field, errors)))  # what is missing is among them
    findings = check(xml, _UNNAMED, mode=mode, today=legal_date(now))
    found = (*map(_of_field, errors), *map(_of_finding, findings))
    if not any(each.severity is Severity.ERROR for each in found):
        found = (*found, *map(_of_field, read_back_errors(invoice, xml)))
    if any(each.severity is Severity.ERROR for each in found):
        return Made(xml=None, found=found)
    if template is None and not _brings_a_template(invoice.info):
        xml = build(invoice, dialect=dialect, template=template_to_embed(xml))
    return Made(xml=xml, found=found)


def _stored_template(header: InvoiceInfo, stored: Callable[[UUID], bytes | None]) -> bytes | None:
    """The template that the header names; one that is not found stays named, and `invoice_errors` reports it."""
    if header.template_uuid is None or header.template_base64_string is not None:
        return None
    return stored(UUID(header.template_uuid))


def _brings_a_template(header: InvoiceInfo) -> bool:
    return header.template_uuid is not None or header.template_base64_string is not None


def _template_errors(template: bytes | None) -> Iterator[FieldError]:
    """A template of the caller's follows the header's rule; it may be larger, because no record has to carry it."""
    if template is not None:
        yield from template_errors(template)


def _circumstances(entry: InvoiceEntry, now: datetime) -> Circumstances:
    return Circumstances(now=now, services_only=all(each.kind is not LineKind.GOODS for each in entry.lines))


def _of_field(error: FieldError) -> Violation:
    return Violation(path=error.path, code=error.code, message=error.message)


def _of_finding(finding: Finding) -> Violation:
    path = finding.path or finding.layer.value
    return Violation(path=path, code=finding.code, message=finding.message, severity=finding.severity)
