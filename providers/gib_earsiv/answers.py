"""What the portal's answers mean. Nearly all come with 200: what a write has done is known by its sentence alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.text import folded
from providers.base import Done, NotSent, Outcome, Refused, Unclear, Unknown, seen
from providers.transport.http import Reply

OK: Final = 200
SESSION_OVER_TYPE: Final = "4"
SESSION_OVER: Final = tuple(
    map(folded, ("Oturum Süreniz Dolmuştur", "zamanaşımına", "zaman aşımına", "Oturum geçersiz"))
)
ALREADY_IN: Final = folded("aynı anda birden fazla giriş")
# Another session of the user is open, perhaps in a person's browser: knocking on helps nothing.
ALREADY_IN_SECONDS: Final = 900.0
MADE: Final = "başarıyla oluşturul"
DELETED: Final = folded("başarıyla silindi")
NO_RIGHT: Final = folded("Bu işlem için yetkiniz yok")
# What the portal says when nothing was made, and the same request would be refused again.
REFUSALS: Final = tuple(map(folded, ("Ettn ya eksik", "Form parametrelerinde sorun", "fatura kesemez")))
# Nothing was made, and somebody has something to do at the portal first.
OWNERS: Final = (*map(folded, ("Kullanıcı Bilgilerini Güncellemedi", "Service Not Found")), NO_RIGHT)
# A fault of the server, behind which anything may have happened.
FAULTS: Final = tuple(map(folded, ("Teknik bir hata", "ARJUNA", "Genel Sistem Hatası")))
SIGNED: Final = "Onaylandı"
STATES: Final[Mapping[str, DocumentState]] = {
    SIGNED: DocumentState.ISSUED,
    "Onaylanmadı": DocumentState.AWAITING_SIGNATURE,
    "Silinmiş": DocumentState.CANCELLED,
}
INVOICE: Final = "FATURA"
# What is answered to a code that was taken, and a request that was accepted.
TAKEN: Final = "1"
CANCELLATION: Final = "0"
ACCEPTED: Final = "1"
UNREADABLE: Final = "the portal's list has a row that is no document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer in the portal's own form: `data`, or the sentences of its failure."""

    data: Any = None
    failures: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What was said, for a person."""
        return "; ".join(self.failures) or (self.data if isinstance(self.data, str) else "no sentence")

    def has(self, fragments: tuple[str, ...]) -> bool:
        """Whether one of these folded fragments is in what was said."""
        return any(fragment in folded(self.text) for fragment in fragments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the portal's list in whatever state. `raw` has its seven fields as they came."""

    ettn: str
    number: str
    buyer: str
    day: str
    kind: str
    raw: dict[str, Any]

    @property
    def approval(self) -> str:
        """The portal's word for its state."""
        return str(self.raw["onayDurumu"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Entry):
    """A row in a known state."""

    done: Done

    @property
    def cancelled(self) -> Done:
        """The same, after a request to cancel it was accepted; its row does not show that."""
        return replace(self.done, state=DocumentState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the portal shows of a document, ours or not. `order`: None where it shows none; `payable`: no amount."""

    buyer: str
    currency: str
    payable: Decimal | None
    text: str
    order: str | None = None


def is_own(reply: Reply) -> bool:
    """Whether the portal itself has written this failure."""
    return bool(_messages(reply.json()))


def said_in(reply: Reply) -> Said | Unknown:
    """The portal's own answer. What is in another form is nobody's word."""
    body = reply.json() if reply.status == OK else None
    if not isinstance(body, dict):
        return Unknown(why=reply.excerpt())
    if failures := _messages(body):
        return Said(failures=failures)
    if "data" not in body and "metadata" not in body:
        return Unknown(why=reply.excerpt())
    data = body.get("data")
    failure = data.get("hata") if isinstance(data, dict) else None
    return Said(failures=(failure,)) if isinstance(failure, str) and failure else Said(data=data)


def is_session_over(reply: Reply) -> bool:
    """In any of the forms in which the portal says so; a page counts only where it says so."""
    body = reply.json()
    parts = body if isinstance(body, list) else [body]
    listed = [m for part in parts if isinstance(part, dict) for m in (part, *_listed(part))]
    if any(isinstance(each, dict) and str(each.get("type")) == SESSION_OVER_TYPE for each in listed):
        return True
    text = "; ".join(_messages(body)) if body is not None else reply.text
    return any(fragment in folded(text) for fragment in SESSION_OVER)


def lacks_right(reply: Reply) -> bool:
    """Whether it says "no right": to a wrong page, to a command that is not the user's, and in a dead session."""
    return any(NO_RIGHT in folded(text) for text in _messages(reply.json()))


def session_in(reply: Reply) -> str | NotSent:
    """The token of a login, at the root of its answer. A refused login waits for its owner."""
    body = reply.json() if reply.status == OK else None
    token = body.get("token") if isinstance(body, dict) else None
    if isinstance(token, str) and token:
        return token
    said = Said(failures=_messages(body))
    if not said.failures or said.has(FAULTS):
        return NotSent(why=f"no login: {said.text if said.failures else reply.excerpt()}")
    if said.has((ALREADY_IN,)):
        return NotSent(why=f"another session of the user is open: {said.text}", retry_after=ALREADY_IN_SECONDS)
    return NotSent(why=f"the login was refused: {said.text}", needs_owner=True)


def created(said: Said, phrase: str = MADE) -> Outcome | None:
    """The outcome of a create; None where it was taken, without saying which document it has made."""
    if not said.failures and isinstance(said.data, str) and folded(phrase) in folded(said.data):
        return None
    if said.has(FAULTS):
        return Unknown(why=said.text)
    if said.has(OWNERS):
        return NotSent(why=said.text, needs_owner=True)
    has_error = isinstance(said.data, str) or bool(said.failures)
    if has_error and said.has(REFUSALS):
        return refused(said)
    return Unknown(why=said.text)


def refused(said: Said) -> Refused:
    """The portal's no, in its words."""
    return Refused(errors=(FieldError(path="$", code="PORTAL_REFUSED", message=said.text),))


def not_done(said: Said) -> Refused | Unknown:
    """What was not done, by an answer that is no success; behind a fault of the server it may have been."""
    return Unknown(why=said.text) if said.has(FAULTS) else refused(said)


def value_in(said: Said, name: str) -> str | None:
    """One text of an answer's data."""
    value = said.data.get(name) if isinstance(said.data, dict) else None
    return value if isinstance(value, str) and value else None


def is_request_accepted(said: Said, number: str) -> bool:
    """Whether a request to cancel this document was accepted, by the list of requests."""
    rows = said.data if isinstance(said.data, list) else []
    wanted = {"belgeNumarasi": number, "iptalItiraz": CANCELLATION, "iptalItirazDurumu": ACCEPTED}
    return any(isinstance(row, dict) and {n: str(row.get(n)) for n in wanted} == wanted for row in rows)


def rows_in(said: Said) -> tuple[Entry, ...] | Unclear:
    """The list; one row that cannot be read makes all of it unclear, one in an unknown state does not."""
    if said.failures:
        return Unclear(why=said.text)
    listed = [] if said.data is None else said.data
    rows = [_entry(each) for each in listed] if isinstance(listed, list) else [None]
    known = tuple(row for row in rows if row is not None)
    return known if len(known) == len(rows) else Unclear(why=UNREADABLE)


def shown_in(said: Said) -> Shown | Unclear:
    """What the form of a draft has, as FATURA_GETIR gives it. In one that a person has made a field may be empty."""
    form = said.data if isinstance(said.data, dict) else {}
    if said.failures or not form.keys() >= {"vknTckn", "not"}:
        return Unclear(why=f"the portal does not show a draft: {said.text}")
    order = form.get("siparisNumarasi")
    return Shown(
        buyer=_text_of(form, "vknTckn"),
        currency=_text_of(form, "paraBirimi"),
        payable=amount_in(form.get("odenecekTutar")),
        text=_text_of(form, "not"),
        order=order if isinstance(order, str) else None,
    )


def amount_in(value: object) -> Decimal | None:
    """An amount as the portal writes it; None for everything else."""
    try:
        amount = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() else None


def _text_of(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _entry(row: Any) -> Entry | None:
    fields = ("ettn", "belgeNumarasi", "aliciVknTckn", "belgeTarihi", "belgeTuru", "onayDurumu")
    values = [row.get(name) for name in fields] if isinstance(row, dict) else []
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) != len(fields):
        return None
    ettn, number, buyer, day, kind, approval = texts
    state = STATES.get(approval)
    if state is None:
        return Entry(ettn=ettn, number=number, buyer=buyer, day=day, kind=kind, raw=row)
    done = seen(reference=ettn, state=state, ettn=ettn, number=number)
    return Row(ettn=ettn, number=number, buyer=buyer, day=day, kind=kind, done=done, raw=row) if done else None


def _messages(body: Any) -> tuple[str, ...]:
    """The sentences of an error envelope: objects with a text, or plain texts."""
    if not isinstance(body, dict) or body.get("error") in (None, "", "0", 0):
        return ()
    texts = [m.get("text") if isinstance(m, dict) else m for m in _listed(body)]
    return tuple(text for text in texts if isinstance(text, str) and text)


def _listed(body: Any) -> list[Any]:
    messages = body.get("messages") if isinstance(body, dict) else None
    return messages if isinstance(messages, list) else []
