"""To whom an invoice is made out at KolayBi: an associate and one of its addresses, each with an id of its own.

An associate is the buyer's where it has the buyer's tax number; where that is a placeholder, where it has the e-mail
and the name. It is never changed: an address that it has not got is added to it.
"""

from collections.abc import Mapping
from typing import Any, Final

from app.domain.documents import DocumentState
from app.domain.parties import PLACEHOLDERS
from app.domain.text import folded
from providers.base import Done, seen
from providers.kolaybi.mapping import BETWEEN, Object
from providers.kolaybi.rows import identifier_in

COMPARED: Final = ("address", "district", "city")


def query_of(contact: Mapping[str, Any]) -> dict[str, str]:
    """What associates are asked for by."""
    return {"identity_no": str(contact["identity_no"])}


def same_buyer(rows: list[Any], contact: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """The associates that are this buyer, whatever the list was asked for; None for a row that is none."""
    if not all(isinstance(row, Mapping) and identifier_in(row.get("id")) for row in rows):
        return None
    same = [row for row in rows if row.get("identity_no") == contact["identity_no"]]
    if contact["identity_no"] in PLACEHOLDERS:
        same = [row for row in same if _consumer(row) == _consumer(contact)]
    return sorted(same, key=lambda row: (_name(row) != _name(contact), _address_id(row, contact) is None))


def contact_in(row: Mapping[str, Any], contact: Mapping[str, Any]) -> Done | None:
    """The associate with the address of this buyer; None where it has no such address."""
    return named(row.get("id"), _address_id(row, contact))


def made_in(row: Mapping[str, Any], contact: Mapping[str, Any]) -> Done | None:
    """The same of an associate that was just made, with one address."""
    found = contact_in(row, contact)
    listed = row.get("address")
    if found is None and isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], Mapping):
        return named(row.get("id"), listed[0].get("id"))
    return found


def named(associate: object, address: object) -> Done | None:
    """A contact has no legal state; what it is for has none yet."""
    ids = [identifier_in(each) for each in (associate, address)]
    if None in ids:
        return None
    return seen(reference=BETWEEN.join(filter(None, ids)), state=DocumentState.PLANNED)


def address_for(associate: str, contact: Mapping[str, Any]) -> Object:
    """The body of `POST /address/create`."""
    return {"associate_id": int(associate), **contact["addresses"][0]}


def _address_id(row: Mapping[str, Any], contact: Mapping[str, Any]) -> str | None:
    """Asked for as `addresses`, and answered as `address`."""
    listed = row.get("address", row.get("addresses"))
    wanted = _place(contact["addresses"][0])
    same = (
        [each for each in listed if isinstance(each, Mapping) and _place(each) == wanted]
        if isinstance(listed, list)
        else []
    )
    return next((found for each in same if (found := identifier_in(each.get("id")))), None)


def _place(address: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_text(address.get(name)) for name in COMPARED)


def _consumer(row: Mapping[str, Any]) -> tuple[str, str]:
    return _text(row.get("email")), _name(row)


def _name(row: Mapping[str, Any]) -> str:
    return _text(f"{row.get('name') or ''} {row.get('surname') or ''}")


def _text(value: object) -> str:
    return " ".join(folded(value).split()) if isinstance(value, str) else ""
