"""A provider's pages, as a person sees them."""

from dataclasses import dataclass, field

from app.domain.documents import DocumentStatus
from app.testbed.chaos.load.reviews import Books

NUMBER = "ABC2026000000007"


@dataclass
class FakePages:
    """Testbook's. What is signed has a number, unless signing fails; what is done there is kept by document."""

    books: Books
    provider: str = "testbook"
    signs: bool = True
    looks: int = 0
    signed: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)

    def look_up(self, provider: str) -> Books:
        assert provider == self.provider
        self.looks += 1
        return self.books

    def sign(self, status: DocumentStatus) -> None:
        self.signed.append(status.document_id)
        if self.signs and self.books.get(status.document_id, "") is None:
            self.books = {**self.books, status.document_id: NUMBER}

    def delete(self, status: DocumentStatus) -> None:
        self.deleted.append(status.document_id)
        self.books = {
            name: number for name, number in self.books.items() if (name, number) != (status.document_id, None)
        }

    def correct(self, status: DocumentStatus) -> None:
        self.corrected.append(status.document_id)
