"""One command that is to be decided."""

from dataclasses import dataclass
from datetime import datetime

from app.issuing.decisions.review import Siblings
from app.issuing.decisions.step_status import Rules
from app.issuing.journal.command_facts import CommandFacts
from providers.base import Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An ISSUE command, with all that the decision may look at."""

    facts: CommandFacts
    siblings: Siblings
    rules: Rules
    now: datetime

    @property
    def prepared(self) -> Prepared:
        """The request that was attempted, as in `CommandFacts.request`. Raises ValueError where there is none."""
        request = self.facts.request
        if request is None:
            raise ValueError(f"command {self.facts.command_id} was attempted without a prepared request")
        return request
