"""Types of the fields that several records of an order have."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from app.domain.identity import BUSINESS_PATTERN
from app.domain.text import Reference, reference

# An order of this size is already a warehouse; beyond it one entry of state would outgrow a Kafka record.
MOST_LINES: Final = 1000

# Far beyond any patience, and still a number that every format can carry.
MOST_REVIEWS: Final = 1_000_000

Business = Annotated[str, Field(pattern=f"^{BUSINESS_PATTERN.pattern}$")]
DocumentNumber = Annotated[str, Field(min_length=1, max_length=30), AfterValidator(reference)]
DocumentId = Annotated[str, Field(min_length=36, max_length=36)]
References = Annotated[tuple[Reference, ...], Field(min_length=1, max_length=MOST_LINES)]
