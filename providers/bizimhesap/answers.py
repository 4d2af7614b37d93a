"""What BizimHesap's answers mean, as tables.

Refusals come with 200: a body of `error`, `guid` and `url`, of which the first has a sentence. Reads have another
body: `resultCode` (1 is success), `errorText` and `data`. Sentences are Turkish and have no codes.
"""

from typing import Any, Final

from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.text import folded
from providers.base import Done, NotSent, Outcome, Refused, Unknown, seen
from providers.base.reads import Checked, CheckState, Subject, of_failure
from providers.transport.http import FIRST_SERVER_ERROR, Reply
from providers.transport.rest import OK

FORBIDDEN: Final = 403
NO_SUCH_CALL: Final = frozenset({404, 405})
FIRST_CLIENT_ERROR: Final = 400
READ_WELL: Final = 1
SECURE: Final = "https://"
# What every browser opens.
LONGEST_LINK: Final = 2000
CANCELLED: Final = "0"
NOT_CANCELLED: Final = "1"
# Words of a sentence that is about the login. The wording is not published: a sentence that is taken for another one
# refuses a document, one that is taken for this stops the connection until its owner has looked.
LOGIN_WORDS: Final = ("firmid", "firm id", "firma id", "firma bulunamad", "token", "yetki")
# What the service's firewall says to a caller that does not look like a browser, before the service is asked.
FIREWALL_WORDS: Final = ("cloudflare", "1010")


def is_own(reply: Reply) -> bool:
    """Whether BizimHesap itself has written this refusal."""
    return sentence_in(reply) is not None


def sentence_in(reply: Reply) -> str | None:
    """The sentence of a refusal, in one of BizimHesap's forms; None when it is none."""
    body = reply.json()
    if not isinstance(body, dict):
        return None
    if body.keys() == {"Message"}:
        return _text(body["Message"])
    is_create = {"error", "guid", "url"} <= body.keys() and body["guid"] == ""
    is_cancellation = body.keys() == {"error", "status"} and body["status"] == NOT_CANCELLED
    return _text(body["error"]) if is_create or is_cancellation else None


def firewalled(reply: Reply) -> NotSent | None:
    """The firewall's refusal of our User-Agent; BizimHesap was not asked."""
    text = folded(reply.text)
    if reply.status != FORBIDDEN or not all(word in text for word in FIREWALL_WORDS):
        return None
    why = "its firewall (Cloudflare 1010) refuses our User-Agent: set the option user_agent"
    return NotSent(why=why, needs_owner=True)


def created(reply: Reply) -> Outcome:
    """The outcome of `addinvoice`, as far as `classify` left it open."""
    body = reply.json() if reply.status == OK else None
    if isinstance(body, dict) and body.get("error") == "" and _text(body.get("guid")):
        return _made(body) or Unknown(why=reply.excerpt())
    return _elsewhere(reply) or _refusal(reply) or Unknown(why=reply.excerpt())


def link_in(reply: Reply) -> str | None:
    """The address of a record's page, which opens without a login; None where the answer has none to keep."""
    body = reply.json()
    url = body.get("url") if isinstance(body, dict) else None
    if not isinstance(url, str) or not url.startswith(SECURE) or len(url) > LONGEST_LINK:
        return None
    return url if url.isprintable() and " " not in url else None


def cancelled(reply: Reply, guid: str) -> Outcome:
    """The outcome of `cancelinvoice`, as far as `classify` left it open."""
    body = reply.json() if reply.status == OK else None
    status = str(body.get("status")) if isinstance(body, dict) else None
    error = body.get("error") if isinstance(body, dict) else None
    if status == CANCELLED and error == "":
        return Done(reference=guid, state=DocumentState.CANCELLED)
    if status == NOT_CANCELLED and error == "":
        return Refused(errors=(_error("it says that the record is not cancelled, without a reason"),))
    return _refusal(reply) or Unknown(why=reply.excerpt())


def checked(reply: Reply | NotSent | Unknown, *, has_key: bool) -> Checked:
    """What a read says of the token. Whether the firm id is right, only an invoice shows."""
    if isinstance(reply, NotSent | Unknown):
        found = of_failure(Subject.LOGIN, reply)
        hint = "" if has_key or found.state is not CheckState.WRONG else "; the option key is not set"
        return Checked(subject=Subject.LOGIN, state=found.state, said=found.said + hint)
    body = reply.json() if reply.status == OK else None
    if isinstance(body, dict) and body.get("resultCode") == READ_WELL and isinstance(body.get("data"), dict):
        said = "the token was taken; whether the firm id is right shows at the first invoice"
        return Checked(subject=Subject.LOGIN, state=CheckState.FINE, said=said)
    error = _text(body.get("errorText")) if isinstance(body, dict) and "resultCode" in body else None
    state = CheckState.WRONG if error and _is_about_the_login(error) else CheckState.UNCLEAR
    return Checked(subject=Subject.LOGIN, state=state, said=error or reply.excerpt())


def _made(body: dict[str, Any]) -> Done | None:
    """A record without legal effect, whatever number its answer names."""
    number = body.get("eInvoiceNo") or ""
    if not isinstance(number, str) or not isinstance(body.get("url", ""), str):
        return None
    message = f"the answer names the number {number}; whether it is a legal one is not known: look at BizimHesap"
    errors = (FieldError(path="$", code="NUMBER_UNCONFIRMED", message=message),) if number else ()
    return seen(reference=body["guid"], state=DocumentState.AWAITING_SIGNATURE, errors=errors)


def _elsewhere(reply: Reply) -> NotSent | None:
    """There is no such call at this address: no record was asked for, and each would be answered so."""
    said = sentence_in(reply) if reply.status in NO_SUCH_CALL else None
    why = f"there is no addinvoice at the connection's address ({reply.excerpt()})"
    return NotSent(why=why, needs_owner=True) if said else None


def _refusal(reply: Reply) -> NotSent | Refused | None:
    """Nothing was made, and BizimHesap says so."""
    said = sentence_in(reply) if reply.status == OK or _is_a_no(reply.status) else None
    if said is None:
        return None
    if _is_about_the_login(said):
        return NotSent(why=f"the login was refused ({said})", needs_owner=True)
    return Refused(errors=(_error(said),))


def _is_a_no(status: int) -> bool:
    return FIRST_CLIENT_ERROR <= status < FIRST_SERVER_ERROR


def _is_about_the_login(sentence: str) -> bool:
    return any(word in folded(sentence) for word in LOGIN_WORDS)


def _error(sentence: str) -> FieldError:
    return FieldError(path="$", code="BIZIMHESAP_REFUSED", message=sentence)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
