"""The files of Sovos's answers: base64, packed in a ZIP or not. Which of both is not said for every operation."""

from providers.base.reads import DocumentFile, FileForm
from providers.formats.files import decoded, file_among
from providers.formats.ubl import UblSummary, summary_of
from providers.formats.zips import MAGIC, only_file_in


def content_in(text: str) -> bytes | None:
    """The file of a field; None for an empty one, and for what is no base64 or no ZIP of one file."""
    content = next(iter(decoded(text.encode())), b"")
    return (only_file_in(content) if content.startswith(MAGIC) else content) or None


def file_in(text: str, form: FileForm, reference: str) -> DocumentFile | None:
    """The file of the document with this UUID; None when what came is no such file."""
    content = content_in(text)
    return file_among([content] if content is not None else [], form, reference)


def summary_in(text: str) -> UblSummary | None:
    """What tells the document apart; None when what came is no UBL invoice."""
    content = content_in(text)
    try:
        return summary_of(content) if content is not None else None
    except ValueError:
        return None
