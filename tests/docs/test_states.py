"""The drawings of the states are those of the tables in the code."""

from app.domain.documents import TRANSITIONS
from app.planning.state import LINE_TRANSITIONS
from tests.docs.states import PAGE, page


def test_the_page_is_what_the_tables_make() -> None:
    assert PAGE.read_text() == page(), "run `python -m tests.docs.states`"


def test_every_transition_of_both_tables_is_drawn() -> None:
    drawn = PAGE.read_text()
    for table in (TRANSITIONS, LINE_TRANSITIONS):
        for state, following in table.items():
            assert all(f"    {state} --> {after}\n" in drawn for after in following)
