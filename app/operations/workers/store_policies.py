"""What intake asks for, out of the store: a room of its own, so that an issuer loads nothing of intake."""

import asyncio
from collections.abc import Iterable
from typing import Final

from app.domain.policy import Mode, Policy
from app.intake.agent import PoliciesUnavailableError
from app.store.errors import OtherReleaseError, StoreUnavailableError
from app.store.policy_cache import PolicyCache
from app.store.store import Store
from app.stream.ownership.exits import NEWER_RULES, abort
from providers.registry import PROVIDERS

# A changed policy holds within seconds, and a batch of orders costs one read at the most.
POLICY_SECONDS: Final = 5.0


class StorePolicies:
    """The intake's policies, out of the store. One that holds no business at all is no ground for a refusal."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cache = PolicyCache(store, ttl_seconds=POLICY_SECONDS)

    def peek(self, business: str) -> Policy | None:
        return self._cache.peek(business)

    async def read(self, businesses: Iterable[str]) -> dict[str, Policy]:
        try:
            return await asyncio.to_thread(self._read, set(businesses))
        except StoreUnavailableError as unavailable:
            raise PoliciesUnavailableError(str(unavailable)) from unavailable
        except OtherReleaseError as newer:
            abort(str(newer), newer, code=NEWER_RULES)

    def _read(self, businesses: set[str]) -> dict[str, Policy]:
        found = self._cache.refresh(businesses)
        if businesses and not found and not self._store.businesses():
            raise PoliciesUnavailableError(f"{self._store.place} holds no business: apply the configuration")
        for business, policy in found.items():
            managed = policy.mode is Mode.MANAGED
            for named in filter(None, (policy.provider, policy.signing_provider)):
                # Its commands would have no topic, and stop every merchant's planner.
                if managed and named not in PROVIDERS:
                    raise OtherReleaseError(f"the policy of {business} names {named}, which this release does not know")
        return found

    async def connections(self, business: str) -> dict[str, str]:
        try:
            found = await asyncio.to_thread(self._store.connections, business)
        except StoreUnavailableError as unavailable:
            raise PoliciesUnavailableError(str(unavailable)) from unavailable
        return {each.name: each.provider for each in found if each.enabled and each.provider in PROVIDERS}
