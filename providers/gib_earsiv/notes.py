"""The text of the portal's form (`not`)."""

from providers.formats import notes
from providers.preparing import CheckedDocument


def text_of(document: CheckedDocument) -> str:
    """The whole text, with our mark in its last line."""
    info, period = document.invoice.info, document.invoice.period
    lines = [*document.invoice.notes, *notes.of_header(info)]
    lines += [*notes.of_sale(info.internet_info)] if info.internet_info else []
    lines += [notes.of_period(period)] if period else []
    return "\n".join([*lines, notes.mark_line(document)])
