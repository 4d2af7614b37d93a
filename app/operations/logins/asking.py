"""A question to a provider that a person waits for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from app.operations.errors import NotFoundError, NotPossibleError
from app.operations.logins.adapters import UnusableLoginError, adapter_of
from app.operations.logins.links import keep_links
from app.operations.logins.sessions import keep_session
from app.store import Store
from providers.base import Adapter

# A person waits for the answer; a PDF is made within seconds.
SECONDS: Final = 30.0
R = TypeVar("R")


def ask_provider(store: Store, business: str, name: str, question: Callable[[Adapter], Awaitable[R]]) -> R:
    """What `question` returns when it is called with the adapter of the business's connection of this name.

    The adapter is closed afterwards.

    Raises NotFoundError without a connection, NotPossibleError where the adapter cannot work with the login,
    StoreError, and what `question` raises.
    """
    connection = store.connection(business, name)
    if connection is None:
        raise NotFoundError(f"{business} has no connection {name}.")

    async def run() -> R:
        try:
            adapter = adapter_of(connection.provider, connection)
        except UnusableLoginError as error:
            raise NotPossibleError(f"{business}'s connection {name} cannot be used: {error}.") from error
        keep_session(adapter, connection.provider, connection.base_url, store)
        keep_links(adapter, store)
        try:
            return await question(adapter)
        finally:
            await adapter.close()

    return asyncio.run(run())
