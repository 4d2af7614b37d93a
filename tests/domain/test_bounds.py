"""What is larger than a record is refused by a count, not by a million faults."""

from typing import Any

import pytest

from app.domain.bounds import MOST_DEPTH, MOST_ENTRIES, MOST_VALUES, size_errors
from app.domain.exact_json import NestedTooDeep
from app.domain.orders import MOST_LINES


def found(tree: Any) -> list[tuple[str, str]]:
    return [(error.path, error.code) for error in size_errors(tree)]


@pytest.mark.parametrize("tree", [None, "text", {}, {"lines": [{}] * MOST_LINES, "person": {"buyer": {}}}])
def test_the_largest_order_is_not_too_large(tree: Any) -> None:
    assert not found(tree)


def test_every_list_and_every_object_that_is_too_long_is_told_at_its_place() -> None:
    too_many = MOST_ENTRIES + 1
    tree = {"body": {"lines": [{"a": [0] * too_many}]}, "person": {str(number): 0 for number in range(too_many)}}
    assert sorted(found(tree)) == [("$.body.lines[0].a", "TOO_LONG"), ("$.person", "TOO_LONG")]


def test_many_lists_that_are_short_enough_are_too_many_values() -> None:
    each = 500
    assert found({"lines": [[0] * each] * (MOST_VALUES // each + 1)}) == [("$", "TOO_LARGE")]


def test_what_is_nested_deeper_than_any_record_is_not_walked_through() -> None:
    tree: list[Any] = []
    for _ in range(MOST_DEPTH + 1):
        tree = [tree]
    with pytest.raises(NestedTooDeep):
        size_errors(tree)


def test_a_part_is_told_where_it_stands_in_the_whole() -> None:
    (error,) = size_errors([[0] * (MOST_ENTRIES + 1)], ("ArchiveInvoice",))
    assert error.path == "$.ArchiveInvoice[0]"
