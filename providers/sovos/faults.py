"""What Sovos's faults mean, as tables: of both services, whose details are `{Code, Message}` and `{Code, Text}`.

Only a fault with such a detail is Sovos's own word, and "Unauthorized" without one.
"""

from typing import Final

from app.domain.errors import FieldError
from app.domain.text import folded
from providers.base import NotSent, Refused, Unclear, Unknown
from providers.formats.elements import local_name, text
from providers.transport.http import unclear
from providers.transport.soap import SoapFault

WRONG_IP: Final = 1200
CALL_LIMIT: Final = 1300
# How many calls are too many is not published, nor for how long.
LIMIT_SECONDS: Final = 60.0
# The sender is not registered, at GİB or at Sovos: the connection's alias or number is wrong, not the document.
WRONG_SENDER: Final = frozenset({1100, 1110})
# Envelope, invoice, number: there is one already, by an earlier attempt or another program.
ALREADY_THERE: Final = frozenset({3010, 3011, 3012})
REFUSED: Final = frozenset({1000, 1010, 1020, 1080, 1101, 1111, 1112, 3013, 3014})
NOT_FOUND: Final = frozenset({3410, 3420})
UNAUTHORISED: Final = "unauthorized"
# The branch is the connection's option; the portal has no such one.
NO_SUCH_BRANCH: Final = "does not exist"
_DETAIL: Final = "processingfault"


def code_of(fault: SoapFault) -> int | None:
    """Sovos's own code; None where the fault has none."""
    code = text(fault.detail, "Code") if fault.detail is not None and _is_own_detail(fault) else ""
    return int(code) if code.isascii() and code.isdecimal() else None


def sentence_of(fault: SoapFault) -> str:
    """What the fault says, with its code."""
    detail = fault.detail
    said = (text(detail, "Message") or text(detail, "Text")) if detail is not None and _is_own_detail(fault) else ""
    code = code_of(fault)
    return f"{'' if code is None else code} {said or fault.text}".strip()


def is_own(fault: SoapFault) -> bool:
    """Whether Sovos itself refuses: its detail is there, or its one word for a wrong login."""
    return _is_own_detail(fault) or is_login(fault)


def is_login(fault: SoapFault) -> bool:
    """A wrong user, a wrong password, or another company's documents."""
    said = folded(sentence_of(fault))
    return said.endswith(UNAUTHORISED) or (_is_own_detail(fault) and UNAUTHORISED in said)


def not_made(fault: SoapFault) -> NotSent | None:
    """What keeps a call from being looked at, whatever it asks; None for every other fault."""
    code, said = code_of(fault), sentence_of(fault)
    if code == CALL_LIMIT:
        return NotSent(why=f"too many calls: {said}", retry_after=fault.retry_after or LIMIT_SECONDS)
    if is_login(fault):
        return NotSent(why=f"the login was refused: {said}", needs_owner=True)
    if code == WRONG_IP:
        return NotSent(why=f"the address of this machine is not allowed: {said}", needs_owner=True)
    return None


def not_made_of_a_document(fault: SoapFault) -> NotSent | None:
    """The same for a call that makes a document: with what the connection's options have wrong."""
    is_branch = _is_own_detail(fault) and NO_SUCH_BRANCH in folded(sentence_of(fault))
    if code_of(fault) in WRONG_SENDER or is_branch:
        return NotSent(why=f"the connection's options: {sentence_of(fault)}", needs_owner=True)
    return not_made(fault)


def refusal(fault: SoapFault) -> Refused:
    """The fault as the reason of a refusal."""
    code = code_of(fault)
    name = "SOVOS_FAULT" if code is None else f"SOVOS_{code}"
    return Refused(errors=(FieldError(path="$", code=name, message=sentence_of(fault)),))


def unclear_of(fault: SoapFault) -> Unclear:
    """The fault of a read: it says nothing about the document."""
    return unclear(not_made(fault) or Unknown(why=sentence_of(fault), retry_after=fault.retry_after))


def _is_own_detail(fault: SoapFault) -> bool:
    return fault.detail is not None and local_name(fault.detail).casefold().startswith(_DETAIL)
