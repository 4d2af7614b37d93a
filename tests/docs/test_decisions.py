"""Every decision record is in the index once, with its title and its status."""

from tests.docs.decisions import INDEX, TITLE, gaps, index, records


def test_the_index_is_what_the_records_are() -> None:
    assert INDEX.read_text().splitlines() == list(index()), "run `python -m tests.docs.decisions`"


def test_a_record_has_the_number_of_its_file_and_no_other_record_has_it() -> None:
    numbers = [int(record.name[:4]) for record in records()]
    titles = [TITLE.search(record.read_text()) for record in records()]
    assert [int(title[1]) for title in titles if title] == numbers
    assert len(set(numbers)) == len(numbers)


def test_a_number_without_a_record_is_explained() -> None:
    above = INDEX.read_text().partition("| | decision")[0]
    assert all(f"{number}" in above for number in gaps())
