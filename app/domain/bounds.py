"""How large a submitted value may be, counted before anything is made of it.

A record of a mebibyte can have a million faults, and pydantic makes an object of each before it reports one of them: at
7 µs and a kilobyte a piece that is seconds and gigabytes. What is longer than any record of ours is refused as it is.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from app.domain.errors import FieldError
from app.domain.exact_json import NestedTooDeep, Place
from app.domain.field_errors import json_path

# The longest list that a record has is an order's lines; no object has as many fields.
MOST_ENTRIES: Final = 1000
# A thousand lines with fifty fields each. As many faults take a third of a second and some sixty MiB.
MOST_VALUES: Final = 50_000
# Our records are seven deep.
MOST_DEPTH: Final = 100


def size_errors(tree: Any, root: Sequence[str] = ()) -> tuple[FieldError, ...]:
    """Why this is larger than a record of ours can be; empty for nearly everything. Looks at each value once.

    `root` is where it is in what was read. Raises NestedTooDeep beyond `MOST_DEPTH` levels.
    """
    return tuple(_too_large(tree, tuple(root)))


def _too_large(tree: Any, root: Place) -> Iterator[FieldError]:
    waiting: list[tuple[Place, Any]] = [(root, tree)] if isinstance(tree, dict | list) else []
    values = 0
    while waiting:
        place, found = waiting.pop()
        if len(found) > MOST_ENTRIES:
            yield _error(place, "TOO_LONG", f"has more than {MOST_ENTRIES} entries")
            continue
        values += len(found)
        if values > MOST_VALUES:
            yield _error(root, "TOO_LARGE", f"has more than {MOST_VALUES} values")
            return
        if len(place) - len(root) > MOST_DEPTH:
            raise NestedTooDeep(f"more than {MOST_DEPTH} levels")
        parts = found.items() if isinstance(found, dict) else enumerate(found)
        waiting += [((*place, step), part) for step, part in parts if isinstance(part, dict | list)]


def _error(place: Place, code: str, message: str) -> FieldError:
    return FieldError(path=json_path(place), code=code, message=message)
