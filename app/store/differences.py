"""What applying a file would change, part by part. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from app.store.records import BusinessConfiguration, Login
from app.store.rows import POLICY, SELLER

SELLER_PART: Final = "seller"
POLICY_PART: Final = "policy"
SERIES_PART: Final = "series"
CARRIERS_PART: Final = "carriers"
SECRETS_PREFIX: Final = "secrets."

# A part of a business, laid flat: the name of a field → its value as a person would write it.
Flat = Mapping[str, str]


class ChangeKind(StrEnum):
    """What applying did, or would do, to one part of a business."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    LEFT_ALONE = "LEFT_ALONE"


WRITTEN: Final = frozenset({ChangeKind.CREATED, ChangeKind.CHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChange:
    """One part of one business. `differences` maps a field to [before, after]; secrets are only "set"."""

    business: str
    part: str
    kind: ChangeKind
    differences: dict[str, list[str | None]] = field(default_factory=dict)


def connection_part(name: str) -> str:
    """The name that a connection has among the parts of its business."""
    return f"connection {name}"


def changes(stored: BusinessConfiguration | None, wanted: BusinessConfiguration) -> tuple[PartChange, ...]:
    """Every part that is stored or wanted, in the order of the file.

    A stored connection that the file does not name is left alone: its provider has documents.
    """
    before, after = _parts(stored) if stored else {}, _parts(wanted)
    left = [part for part in before if part not in after and part.startswith(connection_part(""))]
    compared = [part for part in {**after, **before} if part not in left]
    return (
        *(_change(wanted.code, part, before.get(part), after.get(part, {})) for part in compared),
        *(PartChange(business=wanted.code, part=part, kind=ChangeKind.LEFT_ALONE) for part in left),
    )


def _change(business: str, part: str, before: Flat | None, after: Flat) -> PartChange:
    differences = dict(_differences(before or {}, after))
    return PartChange(business=business, part=part, kind=_kind(before, differences), differences=differences)


def _kind(before: Flat | None, differences: Mapping[str, object]) -> ChangeKind:
    if before is None:
        return ChangeKind.CREATED
    return ChangeKind.CHANGED if differences else ChangeKind.UNCHANGED


def _differences(before: Flat, after: Flat) -> Iterator[tuple[str, list[str | None]]]:
    for name in {**after, **before}:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if name.startswith(SECRETS_PREFIX):
            old, new = old and "set", new and ("set anew" if old else "set")
        yield name, [old, new]


def _parts(business: BusinessConfiguration) -> dict[str, Flat]:
    parts: dict[str, Flat] = {
        SELLER_PART: dict(_flat(SELLER.dump_python(business.seller, mode="json"))),
        POLICY_PART: dict(_flat(POLICY.dump_python(business.policy, mode="json"))),
    }
    if business.series:
        parts[SERIES_PART] = {
            f"{each.document_type} {each.name}": str(each.year or "every year") for each in business.series
        }
    if business.carriers:
        parts[CARRIERS_PART] = {each.name: each.tax_number for each in business.carriers}
    return parts | {connection_part(name): _login(login) for name, login in business.connections.items()}


def _login(login: Login) -> Flat:
    return {
        **({"provider": login.provider} if login.provider else {}),
        "base_url": login.base_url,
        "enabled": str(login.enabled).lower(),
        "resend_after_absence": str(login.resend_after_absence).lower(),
        **{f"options.{name}": value for name, value in login.options.items()},
        **{f"{SECRETS_PREFIX}{name}": value for name, value in login.secrets.items()},
    }


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, each in value.items():
        if isinstance(each, Mapping):
            yield from _flat(each, f"{prefix}{name}.")
        elif each is not None:
            yield f"{prefix}{name}", str(each)
