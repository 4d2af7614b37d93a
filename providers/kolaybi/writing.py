"""Requests that make or cancel something at KolayBi."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from app.domain.exact_json import JsonValue
from providers.base import NotSent, Refused, Unknown
from providers.kolaybi import answers
from providers.kolaybi.options import Encoding
from providers.kolaybi.reading import Reading
from providers.transport.http import Deadline, Reply
from providers.transport.rest import Send

Answer = TypeVar("Answer")


class Writing:
    """One connection's. `reading` answers whether the Channel is known."""

    def __init__(self, send: Send, reading: Reading, encoding: Encoding) -> None:
        self._send = send
        self._reading = reading
        self._encoding = encoding

    async def post(
        self, path: str, body: Mapping[str, JsonValue], table: Callable[[Reply], Answer], deadline: Deadline
    ) -> Answer | NotSent | Refused | Unknown:
        """One request; `table` is what an answer means. A 404 has made nothing: a wrong Channel is its owner's."""

        def classified(reply: Reply) -> Answer | Reply:
            return reply if answers.is_not_found(reply) else table(reply)

        outcome = await self._send("POST", path, deadline.left(), classified, body=self._encoding.written(body))
        if not isinstance(outcome, Reply):
            return outcome
        wrong = await self._reading.channel_error(deadline)
        return wrong or answers.refused(outcome) or Unknown(why=answers.said_in(outcome))
