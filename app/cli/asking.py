"""What a person asks of a provider beside the issuer: a document's file, and whether a connection works."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from app.cli.context import CommandError
from app.cli.logins import UnusableLoginError, adapter_of
from app.domain.documents import DocumentStatus, DocumentType
from app.store import Store
from providers.base import Absent, Adapter, Issued, Unclear
from providers.reads import CheckAsked, Checked, DocumentFile, FileForm

# A person waits at the prompt; a PDF is made within seconds.
SECONDS: Final = 30.0
R = TypeVar("R")


def file_of(store: Store, document: DocumentStatus, form: FileForm) -> bytes:
    """The provider's file of this document. Raises CommandError, and StoreError."""
    if document.document_type is None or document.number is None:
        raise CommandError(
            f"Document {document.document_id} is {document.state} and has no legal number: there is no file of it."
        )
    issued = Issued(
        reference=document.document_id,
        document_type=document.document_type,
        ettn=document.ettn,
        number=document.number,
        issue_date=document.issue_date,
    )

    async def read(adapter: Adapter) -> DocumentFile | Absent | Unclear:
        if form not in adapter.capabilities.downloads:
            forms = ", ".join(sorted(adapter.capabilities.downloads)) or "no files"
            raise CommandError(f"{document.provider} does not give documents as {form}; it gives {forms}.")
        return await adapter.download(issued, form, SECONDS)

    match _asked(store, document.business, document.provider, read):
        case DocumentFile() as file:
            return file.content
        case Absent():
            raise CommandError(f"{document.provider} does not know document {document.document_id}.")
        case Unclear() as unclear:
            raise CommandError(f"{document.provider} did not give the file: {unclear.why}")


def checked(store: Store, business: str, provider: str) -> tuple[Checked, ...]:
    """What a business's connection is good for, subject by subject. Raises CommandError, and StoreError."""
    profile, policy = store.business_facts(business), store.policy(business)
    if profile is None:
        raise CommandError(f"There is no business {business}.")
    wanted = (
        (DocumentType.EARSIV, policy.earsiv_series if policy else None),
        (DocumentType.EFATURA, policy.efatura_series if policy else None),
    )
    series = tuple((document_type, name) for document_type, name in wanted if name is not None)
    asked = CheckAsked(tax_number=profile.seller.tax_number, series=series)
    return _asked(store, business, provider, lambda adapter: adapter.check(asked, SECONDS))


def _asked(store: Store, business: str, provider: str, ask: Callable[[Adapter], Awaitable[R]]) -> R:
    connection = store.connection(business, provider)
    if connection is None:
        raise CommandError(f"{business} has no connection to {provider}.")

    async def run() -> R:
        try:
            adapter = adapter_of(provider, connection)
        except UnusableLoginError as error:
            raise CommandError(f"{business}'s connection to {provider} cannot be used: {error}.") from error
        try:
            return await ask(adapter)
        finally:
            await adapter.close()

    return asyncio.run(run())
