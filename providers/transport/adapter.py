"""What every adapter has of its connection, whatever its transport: its capabilities, its account, and its requests."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.documents.prepared import Content
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.parties import BusinessFacts
from providers.base import Capabilities, ConnectionSettings, Prepared
from providers.masking import users_in
from providers.options import TUNABLE, refuse_unknown, tuned
from providers.preparing import CheckedDocument, prepare_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What the table of every provider's API has.

    `account`: the secret that names the account. `options`: those of its connections beside `providers.options`.
    """

    account: str
    options: frozenset[str] = frozenset()


class BaseAdapter(ABC):
    """One connection to one provider."""

    CAPABILITIES: ClassVar[Capabilities]
    API: ClassVar[Api]

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings that it cannot work with, KeyError for a missing secret."""
        refuse_unknown(settings.options, TUNABLE | self.API.options)
        self.capabilities = tuned(self.CAPABILITIES, settings.options)
        self.account = settings.secrets[self.API.account]
        self.options = settings.options
        self.users = users_in(settings.secrets)

    def prepare(
        self,
        command: InvoiceCommand,
        facts: BusinessFacts,
        document_type: DocumentType,
        issued_at: datetime,
        number: str | None = None,
    ) -> Prepared:
        """See `providers.base.Adapter`."""
        return prepare_request(
            command,
            facts,
            document_type,
            issued_at,
            number,
            capabilities=self.capabilities,
            requirements=self.requirements_of,
            request=self.body_of,
        )

    @abstractmethod
    def requirements_of(self, content: Content) -> Iterable[FieldError]:
        """The provider's own requirements of a document, beyond GİB's rules."""

    @abstractmethod
    def body_of(self, document: CheckedDocument) -> str:
        """The text of the request that makes the document. Pure."""
