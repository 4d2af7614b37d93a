"""What a record is: a value with named fields, which is not changed once it is made."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[T]) -> type[T]:
    """A frozen dataclass with slots and keywords only; that it is frozen, the type checker holds.

    `frozen=True` would have each constructor go around its own lock, field by field: a third of the planner's
    processor time, for records that no line of ours could change without failing the check.
    """
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(cls)
