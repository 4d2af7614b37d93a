"""Calls of DİA's web services: one POST each, to the address of the service's module, with the service as root."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from app.domain import exact_json
from app.domain.exact_json import JsonValue
from providers.base import NotSent, Refused, Unclear, Unknown
from providers.dia import answers
from providers.transport.http import READ, Deadline, Reply, unclear
from providers.transport.rest import Send

Row = Mapping[str, Any]
Answer = TypeVar("Answer")
PAGE_SIZE: Final = 100
MOST_PAGES: Final = 20


class Services:
    """One connection's, of one firm. `period`: DİA's code of the one that a question or a record is of."""

    def __init__(self, send: Send, firm: int) -> None:
        self._send = send
        self._firm = firm

    async def listed(
        self, service: str, wanted: Mapping[str, str], period: int, deadline: Deadline
    ) -> list[Row] | Unclear:
        """Every row with these values, or none: one of another value is another answer than was asked for."""
        filters: list[JsonValue] = [{"field": k, "operator": "=", "value": v} for k, v in wanted.items()]
        found: list[Row] = []
        for page in range(MOST_PAGES):
            bounds: dict[str, JsonValue] = {"limit": PAGE_SIZE, "offset": page * PAGE_SIZE}
            rows = await self._read(service, {"filters": filters, "sorts": [], **bounds}, period, deadline)
            if isinstance(rows, Unclear):
                return rows
            if not _are_rows(rows, wanted):
                return Unclear(why=answers.UNREADABLE)
            found += rows
            if len(rows) < PAGE_SIZE:
                return found
        return Unclear(why=f"the list {service} does not end")

    async def one(self, service: str, key: str, period: int, deadline: Deadline) -> Row | Unclear:
        """The object of this key, with its lists."""
        found = await self._read(service, {"key": int(key), "params": {}}, period, deadline)
        if isinstance(found, Unclear):
            return found
        is_it = isinstance(found, Mapping) and answers.key_in(found.get("_key")) == key
        return found if is_it else Unclear(why=answers.UNREADABLE)

    async def asked(self, service: str, deadline: Deadline) -> Any | Unclear:
        """What a question about the account itself has found."""
        return await self._exchanged(service, {}, deadline)

    async def write(
        self,
        service: str,
        parameters: Mapping[str, JsonValue],
        period: int,
        table: Callable[[Reply], Answer],
        deadline: Deadline,
    ) -> Answer | NotSent | Unknown:
        """One call that makes or changes something; `table` is what an answer means."""
        body = exact_json.dumps({service: {"firma_kodu": self._firm, "donem_kodu": period, **parameters}})
        return await self._send("POST", path_of(service), deadline.left(), table, body=body)

    async def _read(
        self, service: str, parameters: Mapping[str, JsonValue], period: int, deadline: Deadline
    ) -> Any | Unclear:
        of = {"firma_kodu": self._firm, "donem_kodu": period}
        return await self._exchanged(service, {**of, **parameters}, deadline)

    async def _exchanged(self, service: str, parameters: Mapping[str, JsonValue], deadline: Deadline) -> Any | Unclear:
        body = exact_json.dumps({service: dict(parameters)})
        found = await self._send("POST", path_of(service), deadline.left(), _found, body=body, kind=READ)
        return unclear(found) if isinstance(found, NotSent | Unknown) else found


def path_of(service: str) -> str:
    """Its module is the first word of its name."""
    return f"/{service.partition('_')[0]}/json"


def _found(reply: Reply) -> Any:
    """What a read has found; a refused question is Unclear."""
    result = answers.result_in(reply)
    if result is not None:
        return result
    failed = answers.failure(reply)
    return Unclear(why=answers.said_in(reply)) if isinstance(failed, Refused) else failed


def _are_rows(rows: Any, wanted: Mapping[str, str]) -> bool:
    return isinstance(rows, list) and all(
        isinstance(row, Mapping) and answers.key_in(row.get("_key")) and _has(row, wanted) for row in rows
    )


def _has(row: Row, wanted: Mapping[str, str]) -> bool:
    return all(str(row.get(name)) == value for name, value in wanted.items())
