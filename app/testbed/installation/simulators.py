"""The simulators of an installation, asked and set from outside: what they made, and how they misbehave."""

import json
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

# The code that the simulated Testbook sends by telephone.
CODE: Final = "123456"
# The state of a document that a person has not signed or sent off yet.
DRAFT: Final = "DRAFT"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedDocument:
    """A document that the provider really made, under our reference: for which order, over how many lines, for what."""

    provider: str
    reference: str
    order_reference: str | None
    lines: int
    payable: Decimal
    state: str


def set_misbehaviour(url: str, change: dict[str, Any]) -> None:
    """Changes how a simulator behaves; see `providers.simulation.misbehaviour`."""
    _request(f"{url}/_simulator/misbehaviour", change)


def simulator_record(url: str) -> Any:
    """All that a simulator has recorded; see `providers.simulation.record`."""
    return _request(f"{url}/_simulator/record")


def numbers_at(url: str) -> dict[str, str]:
    """What a person sees at a provider: the number of each legal document, by our reference."""
    numbers: dict[str, str] = _request(f"{url}/_simulator/numbers")["numbers"]
    return numbers


def books_at(url: str) -> dict[str, str | None]:
    """The same with what has no legal effect yet, whose number is None."""
    books = _request(f"{url}/_simulator/numbers")
    return {**dict.fromkeys(books["drafts"]), **books["numbers"]}


def sign_at(url: str, key: str, reference: str) -> None:
    """What a person does at Testbook: asks for a code, and signs this document with it."""
    signing = _request(f"{url}/signings", {"references": [reference]}, key=key)["signing"]
    _request(f"{url}/signings/{signing}", {"references": [reference], "code": CODE}, key=key)


def sign_there(url: str, references: Sequence[str]) -> None:
    """What a person does in a provider's own pages: signs the drafts under these references of ours."""
    _request(f"{url}/_simulator/signatures", list(references))


def delete_there(url: str, references: Sequence[str]) -> None:
    """The same: deletes the drafts under these references of ours."""
    _request(f"{url}/_simulator/deletions", list(references))


def correct_there(url: str, totals: Mapping[str, Decimal]) -> None:
    """The same: corrects the VAT of drafts, so that each comes to the total that is given by our reference."""
    _request(f"{url}/_simulator/corrections", {reference: str(total) for reference, total in totals.items()})


def drafts_at(url: str, key: str) -> set[str]:
    """The references of all drafts that the simulated Nilvera keeps for the company of this key."""
    found: set[str] = set()
    for kind in ("earchive", "einvoice"):
        page, pages = 1, 1
        while page <= pages:
            answer = _request(f"{url}/{kind}/Draft?Page={page}&PageSize=100", key=key)
            found |= {str(row["UUID"]) for row in answer["Content"]}
            page, pages = page + 1, int(answer["TotalPages"])
    return found


def simulator_calls(url: str) -> Any:
    """What a simulator was asked under each reference, and what it answered."""
    return _request(f"{url}/_simulator/calls")


def arrivals(url: str) -> list[float]:
    """When each request reached a simulator, in seconds of its own clock."""
    return [float(moment) for moment in _request(f"{url}/_simulator/arrivals")["seconds"]]


def documents_at(provider: str, url: str) -> Iterator[SimulatedDocument]:
    for document in simulator_record(url)["documents"]:
        yield SimulatedDocument(
            provider=provider,
            reference=document["reference"],
            order_reference=document["order_reference"],
            lines=len(document["lines"]),
            payable=Decimal(document["payable"]),
            state=document["state"],
        )


def _request(url: str, body: dict[str, Any] | list[str] | None = None, *, key: str | None = None) -> Any:
    """One request to a simulator's switches, or with a `key` to its API; loopback only, as the simulators are."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"} if key else {}
    method = ("POST" if key else "PUT") if data else "GET"
    request = urllib.request.Request(url, data=data, method=method, headers=headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
        return json.load(response)
