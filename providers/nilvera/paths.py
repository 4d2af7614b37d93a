"""Where each document type is sent to at Nilvera, and asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.documents import DocumentType


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPaths:
    """Where one document type is sent to, and where it is asked for and listed."""

    send: str
    documents: str


PATHS: Final[Mapping[DocumentType, DocumentPaths]] = {
    DocumentType.EARSIV: DocumentPaths(send="/earchive/Send/Model", documents="/earchive/Invoices"),
    DocumentType.EFATURA: DocumentPaths(send="/einvoice/Send/Model", documents="/einvoice/Sale"),
}
