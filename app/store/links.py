"""Addresses of documents that only the answer to their create named, encrypted: each opens without a login."""

from sqlalchemy import Engine, delete, insert, select

from app.store.database import reading, writing
from app.store.encryption import SecretCipher
from app.store.tables import document_links

ABOUT = "document_links"


class LinkKeeper:
    """The addresses in SQL. Each method is one transaction and blocks.

    Raises StoreUnavailableError, and SecretsUnreadableError where the key is missing or another one.
    """

    def __init__(self, engine: Engine, cipher: SecretCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def keep(self, document_id: str, url: str) -> None:
        """Writes it down, in place of the one before: a document that was made again has another."""
        row = {"document_id": document_id, "url": self._cipher.encrypt(url)}
        with writing(self._engine, ABOUT) as transaction:
            transaction.execute(delete(document_links).where(document_links.c.document_id == document_id))
            transaction.execute(insert(document_links).values(**row))

    def read(self, document_id: str) -> str | None:
        """The address of this document; None where none was kept."""
        query = select(document_links.c.url).where(document_links.c.document_id == document_id)
        with reading(self._engine) as transaction:
            token = transaction.execute(query).scalar_one_or_none()
        return None if token is None else self._cipher.decrypt(token)
