"""Handlers of notification callbacks, by the operations that the command line has."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar, cast

from app.operations.errors import NotFoundError, NotPossibleError, RefusedInputError
from app.operations.webhooks import Webhooks
from app.store import ApiKey, Delivery, Endpoint, NewEndpoint, StoreError
from app.store.api_keys import EVERY_BUSINESS
from app.web.api.operations import Answer, Call
from app.web.api.problems import Problem, unavailable
from app.web.api.wire import callbacks as wire

R = TypeVar("R")
_ID: Final = "path:callbackId"


class Callbacks:
    """Those of the businesses of the key that asks."""

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks

    async def register(self, call: Call) -> Answer:
        """A new address."""
        body = cast("wire.RegisterCallback", call.body)
        business = _business(call.key, body.business_code)
        made = await _done(
            lambda: self._webhooks.add(
                business,
                body.callback_url,
                types=body.notification_types,
                actor=call.key.client,
                description=body.description,
            )
        )
        return _with_secret(made)

    async def listed(self, call: Call) -> Answer:
        """Those of the key's businesses."""
        found = await _done(self._webhooks.all)
        return Answer(body={"rows": [_callback(each) for each in found if call.key.may_see(each.business)]})

    async def removed(self, call: Call) -> Answer:
        """It is no longer called."""
        endpoint = await self._own(call)
        await _done(partial(self._webhooks.remove, endpoint.endpoint_id, actor=call.key.client))
        return Answer(body={"id": endpoint.endpoint_id})

    async def paused(self, call: Call) -> Answer:
        """Nothing more is sent to it."""
        endpoint, why = await self._own(call), cast("wire.PauseCallback", call.body).reason
        pause = partial(self._webhooks.pause, endpoint.endpoint_id, actor=call.key.client, why=why)
        return Answer(body=_callback(await _done(pause)))

    async def resumed(self, call: Call) -> Answer:
        """What waits is sent."""
        endpoint = await self._own(call)
        resume = partial(self._webhooks.resume, endpoint.endpoint_id, actor=call.key.client)
        return Answer(body=_callback(await _done(resume)))

    async def rotated(self, call: Call) -> Answer:
        """A new secret."""
        endpoint = await self._own(call)
        return _with_secret(await _done(partial(self._webhooks.rotate, endpoint.endpoint_id, actor=call.key.client)))

    async def tried(self, call: Call) -> Answer:
        """An event about nothing."""
        endpoint = await self._own(call)
        return Answer(body=_delivery(await _done(partial(self._webhooks.test, endpoint.endpoint_id))), status=202)

    async def deliveries(self, call: Call) -> Answer:
        """What was sent to it."""
        endpoint, query = await self._own(call), cast("wire.DeliveriesQuery", call.query)
        before = None if query.before is None else int(query.before)
        which: Any = {"state": query.state, "before": before, "limit": query.limit}
        found = await _done(partial(self._webhooks.deliveries, endpoint.endpoint_id, **which))
        following = found[-1].delivery_id if len(found) == query.limit else None
        return Answer(body={"rows": [_delivery(each) for each in found], "next": following})

    async def redelivered(self, call: Call) -> Answer:
        """An event once more."""
        endpoint, number = await self._own(call), int(call.path["deliveryId"])
        made = await _done(partial(self._webhooks.redeliver, endpoint.endpoint_id, number, actor=call.key.client))
        return Answer(body=_delivery(made), status=202)

    async def _own(self, call: Call) -> Endpoint:
        """The endpoint in the path, where it is of a business of the key."""
        endpoint = await _done(partial(self._webhooks.get, call.path["callbackId"]))
        if not call.key.may_see(endpoint.business):
            raise Problem("NOT_FOUND", path=_ID)
        return endpoint


def _business(key: ApiKey, given: str | None) -> str:
    """The one that is named, or the key's only one. Raises Problem."""
    if given is not None:
        if not key.may_see(given):
            raise Problem("UNKNOWN_BUSINESS", path="$.businessCode")
        return given
    if len(key.businesses) != 1 or EVERY_BUSINESS in key.businesses:
        raise Problem("BODY_INVALID", "the key is for several businesses: name one", path="$.businessCode")
    return next(iter(key.businesses))


async def _done(act: Callable[[], R]) -> R:
    """What an operation returns, from a thread. Raises Problem."""
    try:
        return await asyncio.to_thread(act)
    except NotFoundError as missing:
        raise Problem("NOT_FOUND", f"{missing}", path=_ID) from missing
    except NotPossibleError as error:
        raise Problem("ACT_NOT_POSSIBLE", f"{error}", path=_ID) from error
    except RefusedInputError as refused:
        raise Problem("BODY_INVALID", f"{refused}") from refused
    except StoreError as error:
        raise unavailable("STORE_UNAVAILABLE") from error


def _with_secret(made: NewEndpoint) -> Answer:
    return Answer(body={**_callback(made.endpoint), "secret": made.secret})


def _callback(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.endpoint_id,
        "callbackUrl": endpoint.url,
        "notificationTypes": list(endpoint.types),
        "description": endpoint.description,
        "businessCode": endpoint.business,
        "state": endpoint.state,
        "pausedReason": endpoint.paused_why,
        "failingSince": _time(endpoint.failing_since),
        "succeededAt": _time(endpoint.succeeded_at),
        "createdAt": _time(endpoint.created_at),
        "waiting": endpoint.waiting,
    }


def _delivery(each: Delivery) -> dict[str, Any]:
    return {
        "id": each.delivery_id,
        "eventId": each.event_id,
        "type": each.type,
        "about": each.lane,
        "state": each.state,
        "attempts": each.attempts,
        "due": _time(each.due),
        "createdAt": _time(each.created_at),
        "lastAt": _time(each.last_at),
        "lastStatus": each.last_status,
        "lastAnswer": each.last_answer,
        "askedBy": each.asked_by,
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
