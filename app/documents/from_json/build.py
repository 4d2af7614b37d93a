"""From an invoice in JSON to its XML, which nobody gets before it has passed every rule that we have."""

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
from app.documents.rendering import design_to_embed
from app.documents.safe_input.json import JsonRefused
from app.documents.ubl import UnbuildableError, build
from app.documents.ubl.invoice_checks import invoice_errors
from app.domain.errors import FieldError
from app.domain.orders import LineKind
from app.domain.time import legal_date

# Findings tell of a file; this one has no name yet.
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
    """The document, and everything that was found; None where anything of it is an error."""

    xml: bytes | None
    found: tuple[Violation, ...]


def make(
    raw: bytes,
    *,
    now: datetime,
    mode: Mode,
    design: bytes | None = None,
    stored: Callable[[UUID], bytes | None] = lambda _: None,
) -> Made:
    """Reads, reckons, builds and checks: the head's rules, our own on the XML, and GİB's where they are installed.

    `stored` gives the design that the head's TemplateUUID names, None for one that is not stored here. Where neither
    the caller nor the head brings or names a design, ours is embedded, with the invoice's QR code in it.
    Never raises for its content. Notes (unsigned; GİB's rules were not asked) stand among what was found.
    """
    try:
        entry = reading.read(raw)
    except JsonRefused as refused:
        return Made(xml=None, found=tuple(map(_of_field, refused.errors)))
    invoice = invoice_of(entry)
    if (named := _stored_design(invoice.info, stored)) is not None:
        invoice, design = replace(invoice, info=replace(invoice.info, template_uuid=None)), named
    faults = tuple(map(_of_field, (*invoice_errors(invoice, _circumstances(entry, now)), *_of_design(design))))
    try:
        xml = build(invoice, dialect=entry.dialect.dialect(), design=design)
    except UnbuildableError:
        return Made(xml=None, found=faults)  # what is missing is among them
    findings = check(xml, _UNNAMED, mode=mode, today=legal_date(now))
    found = (*faults, *map(_of_finding, findings))
    failed = any(each.severity is Severity.ERROR for each in found)
    if not failed and design is None and not _brings_a_design(invoice.info):
        xml = build(invoice, dialect=entry.dialect.dialect(), design=design_to_embed(xml))
    return Made(xml=None if failed else xml, found=found)


def _stored_design(head: InvoiceInfo, stored: Callable[[UUID], bytes | None]) -> bytes | None:
    """The design that the head names; one that is not found stays named, for a rule to tell, like one named twice."""
    if head.template_uuid is None or head.template_base64_string is not None:
        return None
    return stored(UUID(head.template_uuid))


def _brings_a_design(head: InvoiceInfo) -> bool:
    return head.template_uuid is not None or head.template_base64_string is not None


def _of_design(design: bytes | None) -> Iterator[FieldError]:
    """A design of its own is one by the same rule as the head's; it may be larger, for no record has to carry it."""
    if design is not None:
        yield from template_errors(design)


def _circumstances(entry: InvoiceEntry, now: datetime) -> Circumstances:
    return Circumstances(now=now, services_only=all(each.kind is not LineKind.GOODS for each in entry.lines))


def _of_field(error: FieldError) -> Violation:
    return Violation(path=error.path, code=error.code, message=error.message)


def _of_finding(finding: Finding) -> Violation:
    path = finding.path or finding.layer.value
    return Violation(path=path, code=finding.code, message=finding.message, severity=finding.severity)
