"""To whom an invoice is made out at KolayBi: an associate and one of its addresses, each with an id of its own.

An associate is found as `providers.contacts` has it, and never changed: an address that it has not got is added to it.
A shop has thousands of consumers under one placeholder: these are found by the code that we give, then by what a person
may have entered.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from app.domain.documents import DocumentState
from app.domain.text import folded
from providers.base import Absent, Done, Finding, Outcome, Prepared, Unclear, Unknown, not_sent, seen
from providers.contacts import CODE_LENGTH, ContactNames, contact_among
from providers.formats.rows import digits_or_none
from providers.kolaybi import answers
from providers.kolaybi.mapping import BETWEEN, NO_SURNAME, parts_of
from providers.kolaybi.reading import Reading
from providers.kolaybi.writing import Writing
from providers.transport.http import Deadline, Reply

ASSOCIATES: Final = "/associates"
ADDRESSES: Final = "/address/create"
PLACE: Final = ("address", "district", "city")
# A code that we have given to a consumer: with another one it is another consumer of the same name.
_OURS: Final = re.compile(rf"C-[0-9a-f]{{{CODE_LENGTH}}}")
Row = Mapping[str, Any]


class Contacts:
    """One connection's."""

    def __init__(self, reading: Reading, writing: Writing) -> None:
        self._reading = reading
        self._writing = writing

    async def find(self, prepared: Prepared, deadline: Deadline) -> Finding:
        """The buyer's associate with the buyer's address."""
        contact = parts_of(prepared)["contact"]
        associate = await self._associate(contact, deadline)
        if associate is None or isinstance(associate, Unclear):
            return associate or Absent()
        return _contact_in(associate, contact) or Absent()

    async def make(self, prepared: Prepared, deadline: Deadline) -> Outcome:
        """The associate, or the address that it has not got."""
        contact = parts_of(prepared)["contact"]
        associate = await self._associate(contact, deadline)
        if isinstance(associate, Unclear):
            return not_sent(associate)
        if associate is None:
            return await self._writing.post(ASSOCIATES, contact, partial(_made, contact=contact), deadline)
        if known := _contact_in(associate, contact):
            return known
        body = {"associate_id": associate["id"], **contact["addresses"][0]}
        added = partial(_added, associate=associate["id"])
        return await self._writing.post(ADDRESSES, body, added, deadline)

    async def _associate(self, contact: Row, deadline: Deadline) -> Row | Unclear | None:
        """None where there is none: what is listed is compared, whatever the list was asked for."""
        for query in _queries(contact):
            rows = await self._reading.rows(ASSOCIATES, query, deadline)
            if isinstance(rows, Unclear):
                return rows
            if not all(isinstance(row, Mapping) and digits_or_none(row.get("id")) for row in rows):
                return Unclear(why="KolayBi has listed what is no associate")
            of_code = (row for row in rows if "code" in contact and row.get("code") == contact["code"])
            others = ((_names(row), row) for row in rows if not _OURS.fullmatch(_text(row.get("code"))))
            found: Row | None = next(of_code, None) or contact_among(others, _names(contact))
            if found is not None:
                return found
        return None


def _queries(contact: Row) -> list[dict[str, str]]:
    """What an associate is asked for by, one after another."""
    if "code" not in contact:
        return [{"identity_no": contact["identity_no"]}]
    by = ("email",) if "email" in contact else ("name", "surname")
    return [{"code": contact["code"]}, {name: contact[name] for name in by}]


def _contact_in(associate: Row, contact: Row) -> Done | None:
    """Asked for as `addresses`, and answered as `address`."""
    listed, wanted = associate.get("address"), _place(contact["addresses"][0])
    same = [each for each in _addresses(listed) if _place(each) == wanted]
    return _named(associate.get("id"), same[0].get("id")) if same else None


def _made(reply: Reply, contact: Row) -> Outcome:
    """The associate with the address that it was made with, however that is written by now."""
    data = answers.data_in(reply)
    if not isinstance(data, Mapping):
        return answers.refused(reply) or Unknown(why=answers.said_in(reply))
    only = [_named(data.get("id"), each.get("id")) for each in _addresses(data.get("address"))]
    return _contact_in(data, contact) or (only[0] if len(only) == 1 else None) or Unknown(why=answers.said_in(reply))


def _added(reply: Reply, associate: object) -> Outcome:
    data = answers.data_in(reply)
    done = _named(associate, data.get("id")) if isinstance(data, Mapping) else None
    return done or answers.refused(reply) or Unknown(why=answers.said_in(reply))


def _named(associate: object, address: object) -> Done | None:
    """A contact has no legal state; what it is for has none yet."""
    first, second = digits_or_none(associate), digits_or_none(address)
    if first is None or second is None:
        return None
    return seen(reference=f"{first}{BETWEEN}{second}", state=DocumentState.PLANNED)


def _addresses(listed: object) -> list[Row]:
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []


def _place(address: Row) -> tuple[str, ...]:
    return tuple(" ".join(folded(_text(address.get(name))).split()) for name in PLACE)


def _names(row: Row) -> ContactNames:
    name = f"{_text(row.get('name'))} {_text(row.get('surname'))}".removesuffix(f" {NO_SURNAME}")
    return ContactNames(name=name, tax_number=_text(row.get("identity_no")), email=_text(row.get("email")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
