"""No secret and no person in what is kept of an answer.

Facts, status events and the store are read for years and by many; an answer may repeat all that was sent.
"""

import functools
import json
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar, cast
from xml.sax.saxutils import escape

from app.domain.text import folded
from providers.base import Different, Done, Issued, NotSent, Prepared, Refused, StepInput, Unclear, Unknown
from providers.base.reads import Checked
from providers.texts import CUT, HIDDEN

# Shorter ones are found in every sentence; taking them out would spoil it and hide nothing.
SHORTEST_SECRET: Final = 6
SHORTEST_PERSONAL: Final = 3
# The secrets that name a user. Such a name may be a tax number, or a word of an order, which an answer must be compared
# with: it is hidden in sentences, and not taken out of an answer before that is read.
_USERS: Final = ("username", "email")
# What is personal by its form: a tax number (10 digits) or identity number (11), an account, an e-mail address.
_PERSONAL_FORMS: Final = re.compile(
    r"(?<!\w)\d{10,11}(?!\w)|(?<!\w)TR\d{2}(?: ?\d{4}){5} ?\d{2}(?!\w)|[^\s\"'<>,;:()]+@[^\s\"'<>,;:()]+\.\w+"
)
_WORDS: Final = re.compile(r"(?<!\w)\w")
# What a cut leaves of a sign that was escaped.
_TRAILING_SIGNS: Final = re.compile(r"\W+$")

Answer = TypeVar("Answer")
Arguments = ParamSpec("Arguments")


@dataclass(frozen=True, slots=True)
class Mask:
    """Takes what is known to be personal out of a text, what is personal by its form, and the names of `users`."""

    known: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    def __call__(self, text: str) -> str:
        """The text with `***` in the place of each."""
        found = _PERSONAL_FORMS.sub(HIDDEN, without_secrets(text, self.users))
        for value in self.known:
            found = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", HIDDEN, found, flags=re.IGNORECASE)
        return _without_parts(found, (*self.known, *self.users))

    def of_the_owner(self, text: str) -> str:
        """A text about the owner's own account: without the names of `users` alone."""
        return _without_parts(without_secrets(text, self.users), self.users)

    def without(self, users: tuple[str, ...]) -> "Mask":
        """One that hides these names of users, too."""
        return replace(self, users=users)


def _without_parts(text: str, values: tuple[str, ...]) -> str:
    """The text without what is left of a value before a cut: its first words."""
    *cut, rest = text.split(CUT)
    return CUT.join([*(_without_a_part(before, values) for before in cut), rest])


def _without_a_part(text: str, values: tuple[str, ...]) -> str:
    for word in _WORDS.finditer(text):
        end = folded(_TRAILING_SIGNS.sub("", text[word.start() :]))
        if len(end) >= SHORTEST_PERSONAL and any(folded(value).startswith(end) for value in values):
            return text[: word.start()] + HIDDEN
    return text


def users_in(secrets: Mapping[str, str]) -> tuple[str, ...]:
    """The names of a login's users; those that are too short to be hidden are left out."""
    return tuple(v for name, v in secrets.items() if name.endswith(_USERS) and len(v) >= SHORTEST_SECRET)


def keys_in(secrets: Mapping[str, str]) -> tuple[str, ...]:
    """What opens the account: never in any answer for a good reason."""
    return tuple(value for name, value in secrets.items() if not name.endswith(_USERS))


def personal(fields: Iterable[object], names: Iterable[object] = ()) -> Mask:
    """A mask of a person's fields; what is no text is passed over. `names` are also hidden word by word."""
    texts = {field.strip() for field in fields if isinstance(field, str)}
    words = {word for name in names if isinstance(name, str) for word in name.split()}
    known = {text for text in texts | words if len(text) >= SHORTEST_PERSONAL}
    return Mask(tuple(sorted(known, key=lambda text: (-len(text), text))))


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """The text of an answer without what opens the account, however JSON, XML or an address writes it."""
    for secret in sorted(secrets, key=len, reverse=True):  # one may be a part of another
        text = re.sub("".join(map(_ways_to_write, secret)), HIDDEN, text)
    return text


def _ways_to_write(letter: str) -> str:
    """A pattern: every writer leaves letters and digits as they are, and escapes others as it likes."""
    if letter.isascii() and letter.isalnum():
        return letter
    units = letter.encode("utf-16-be", errors="surrogatepass").hex()
    in_json = "".join(rf"\\u(?i:{units[at : at + 4]})" for at in range(0, len(units), 4))
    in_xml = rf"&#0*{ord(letter)};|&#x0*(?i:{ord(letter):x});"
    in_an_address = "".join(f"%(?i:{byte:02x})" for byte in letter.encode(errors="surrogatepass"))
    named = (json.dumps(letter)[1:-1], escape(letter, {'"': "&quot;", "'": "&apos;"}))
    return f"(?:{'|'.join(map(re.escape, named))}|\\\\?{re.escape(letter)}|{in_json}|{in_xml}|{in_an_address})"


def masked(answer: Answer, mask: Callable[[], Mask]) -> Answer:
    """The same answer with its texts masked. `mask` is made only where there is a text."""
    match answer:
        case NotSent(why=why) | Unknown(why=why) | Unclear(why=why):
            return cast("Answer", replace(answer, why=mask()(why)))
        case Different(detail=detail):
            return cast("Answer", replace(answer, detail=mask()(detail)))
        case Refused(errors=errors) | Done(errors=errors) if errors:
            hide = mask()
            shown = tuple(replace(error, message=hide(error.message)) for error in errors)
            return cast("Answer", replace(answer, errors=shown))
        case Checked(said=said):  # what it is about is the owner's own
            return cast("Answer", replace(answer, said=mask().of_the_owner(said)))
        case tuple():
            return cast("Answer", tuple(masked(each, mask) for each in answer))
        case _:
            return answer


class Discreet(Protocol):
    """An adapter that knows which texts belong to a document's buyer."""

    def mask_for(self, document: Prepared | Issued | None) -> Mask:
        """The mask of the buyer's fields, as far as the document still knows them."""


Adapter = TypeVar("Adapter", bound=Discreet)


def discreet(
    call: Callable[Concatenate[Adapter, Arguments], Awaitable[Answer]],
) -> Callable[Concatenate[Adapter, Arguments], Coroutine[Any, Any, Answer]]:
    """An adapter's call whose answer names neither the buyer of its document nor anything personal by its form."""

    @functools.wraps(call)
    async def asked(adapter: Adapter, /, *arguments: Arguments.args, **named: Arguments.kwargs) -> Answer:
        answer = await call(adapter, *arguments, **named)
        return masked(answer, lambda: adapter.mask_for(_document_in((*arguments, *named.values()))))

    return asked


def _document_in(arguments: Iterable[object]) -> Prepared | Issued | None:
    """The document that a call is about."""
    for each in arguments:
        if isinstance(each, StepInput):
            return each.prepared
        if isinstance(each, Prepared | Issued):
            return each
    return None
