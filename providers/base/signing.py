"""What becomes of a signing: a code is sent to a person, and taken from them. Never what became of a document."""

from dataclasses import dataclass

from providers.base.outcomes import keep
from providers.texts import MOST_CODE, MOST_TEXT, named, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSent:
    """A code is on its way to a person's telephone. `reference` names the signing, `to` the telephone, masked."""

    reference: str
    to: str = ""

    def __post_init__(self) -> None:
        keep(self, reference=named(self.reference, MOST_TEXT) or "", to=plain(self.to, MOST_CODE))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTaken:
    """The provider has taken the code. Whether a document is signed, its own state alone shows."""
