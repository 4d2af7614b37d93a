"""Types of the fields that several records of an order have."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from app.domain.identity import BUSINESS_PATTERN
from app.domain.text import Reference, reference

# Far more than a shop sells in one order; with more lines one entry of state would outgrow a Kafka record.
MOST_LINES: Final = 1000
# Far more reviews than a document can have, and still a number that every format can carry.
MOST_REVIEWS: Final = 1_000_000

Business = Annotated[str, Field(pattern=f"^{BUSINESS_PATTERN.pattern}$")]
DocumentNumber = Annotated[str, Field(min_length=1, max_length=30), AfterValidator(reference)]
DocumentIdText = Annotated[str, Field(min_length=36, max_length=36)]
References = Annotated[tuple[Reference, ...], Field(min_length=1, max_length=MOST_LINES)]
