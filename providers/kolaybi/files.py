"""KolayBi's files: base64 in `data.src`, with or without the beginning of a data address."""

from collections.abc import Mapping
from typing import Any

from providers.base.reads import DocumentFile, FileForm
from providers.formats import files


def file_in(data: Any, form: FileForm, ettn: str) -> DocumentFile | None:
    """The file of the document with this UUID; None where it is none."""
    src = data.get("src") if isinstance(data, Mapping) else None
    if not isinstance(src, str):
        return None
    text = src.partition(",")[2] if src.startswith("data:") else src
    return files.file_among(files.decoded(text.encode()), form, ettn)
