"""A text in every language of the screen."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The languages of the screen; the first is taken where a browser asks for none of them."""

    TURKISH = "tr"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    turkish: str
    english: str

    def in_(self, language: Language) -> str:
        """The text in this language."""
        return self.turkish if language is Language.TURKISH else self.english


class Tone(StrEnum):
    """What a state means for its reader; each has its own colour and its own sign, and never a colour alone."""

    DONE = "done"
    UNDER_WAY = "way"
    YOU = "you"
    FAILED = "failed"
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Label:
    """A word of the code as people read it. `hint`: one sentence on what it means, or what to do."""

    text: Text
    tone: Tone
    hint: Text
