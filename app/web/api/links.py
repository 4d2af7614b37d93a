"""Addresses of documents that cannot be guessed: the document's id and a keyed hash of it, so none is stored.

Whoever has it, as with the interface's own: it is for the merchant, and not for its customers.
"""

import hmac
import re
from collections.abc import Callable, Mapping
from typing import Final

from app.store.errors import SecretsUnreadableError

STEM: Final = "/documents/v1"
FORMS: Final = ("pdf", "xml", "html")
_SIGNATURE: Final = 40
_TOKEN: Final = re.compile(rf"([0-9a-f]{{32}})([0-9a-f]{{{_SIGNATURE}}})(?:\.(pdf|xml|html))?")


class DocumentLinks:
    """`fingerprint`: a keyed hash of a text, which raises SecretsUnreadableError where there is no key."""

    def __init__(self, fingerprint: Callable[[str], str]) -> None:
        self._fingerprint = fingerprint

    def of(self, document_id: str) -> Mapping[str, str] | None:
        """By form; None without a key to sign with."""
        try:
            token = document_id.replace("-", "") + self._signature(document_id)
        except SecretsUnreadableError:
            return None
        return {form: f"{STEM}/{token}.{form}" for form in FORMS}

    def read(self, token: str) -> tuple[str, str | None] | None:
        """The document's id and the form that is asked for; None for what is no address of ours."""
        found = _TOKEN.fullmatch(token)
        if found is None:
            return None
        digits = found[1]
        document_id = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        try:
            is_ours = hmac.compare_digest(found[2], self._signature(document_id))
        except SecretsUnreadableError:
            return None
        return (document_id, found[3]) if is_ours else None

    def _signature(self, document_id: str) -> str:
        return self._fingerprint(f"document link {document_id}")[:_SIGNATURE]
