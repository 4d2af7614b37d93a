"""Cursors of lists: opaque, good for one list with one set of filters, and not to be made by anyone else."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, Final

from app.tracking.read_model.errors import CursorExpiredError, CursorMismatchError

_VERSION: Final = 1
# Enough that none is guessed, and short enough for an address.
_SIGNATURE_BYTES: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorKey:
    """What signs the cursors of one read model."""

    model_id: str
    secret: bytes

    def write(self, *, about: str, after: list[Any]) -> str:
        """The cursor behind this row. `about`: the list with its filters (`list_digest`); `after`: its sort key."""
        body = json.dumps([_VERSION, self.model_id, about, after], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._signature(body) + body).rstrip(b"=").decode()

    def read(self, cursor: str, *, about: str) -> list[Any]:
        """The sort key that a cursor of this list holds. Raises CursorMismatchError and CursorExpiredError."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
            version, model_id, its_list, after = json.loads(body)
        except (ValueError, binascii.Error, TypeError, RecursionError):
            raise CursorMismatchError("The cursor is none of ours.") from None
        if version != _VERSION or model_id != self.model_id:
            raise CursorExpiredError("The read model was made anew since this cursor was given: begin the list again.")
        if not hmac.compare_digest(signature, self._signature(body)) or its_list != about:
            raise CursorMismatchError("The cursor is of another list: use it with the filters that it was given for.")
        assert isinstance(after, list)
        return after

    def _signature(self, body: bytes) -> bytes:
        return hmac.new(self.secret, body, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def list_digest(name: str, filters: Any) -> str:
    """A list with its filters, shortened; equal for equal ones."""
    return hashlib.sha256(f"{name} {filters!r}".encode()).hexdigest()[:16]
