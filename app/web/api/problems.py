"""The answer to a request that is refused, by the catalogue's code.

The body is the interface's own (`type`, `title`, `code`, `description`) and RFC 9457's at once.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from app.domain.errors import FieldError
from app.web.api.catalogue import PROBLEMS, TURKISH, ProblemKind

# A person reads no more of them; how many there are is said.
MOST_SHOWN: Final = 100
CATALOGUE: Final = "/docs/errors"
# A database or a broker that is started anew takes some; a client that asks sooner only adds to its load.
RETRY_SECONDS: Final = 2


class Problem(Exception):  # noqa: N818 - it is an answer
    """A request that is refused: `code` is one of PROBLEMS.

    `errors`: in place of the code's own entry. `headers`: of the answer. `more`: members of the body.
    """

    def __init__(
        self,
        code: str,
        message: str | None = None,
        *,
        path: str = "$",
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.code = code
        self.kind = PROBLEMS[code]
        self.errors = tuple(errors) or (FieldError(path=path, code=code, message=message or self.kind.sentence),)
        self.headers = dict(headers or {})
        self.more = dict(more or {})
        super().__init__(f"{code}: {self.errors[0].message}")

    def body(self) -> dict[str, Any]:
        """The problem as JSON has it. No value of the request is in it."""
        first, count = self.errors[0], len(self.errors)
        rest = f" ({count - 1} more)" if count > 1 else ""
        description = f"{first.path} {first.code}: {first.message}{rest}"
        return {
            "type": self.kind.type,
            "title": _title(self.kind),
            "code": int(self.kind.status),
            "description": description,
            "status": int(self.kind.status),
            "detail": description,
            "stored": self.kind.stored,
            "docs": f"{CATALOGUE}#{self.code}",
            "errors": [self._entry(error) for error in self.errors[:MOST_SHOWN]],
            "errorsTotal": count,
            **self.more,
        }

    def _entry(self, error: FieldError) -> dict[str, str]:
        entry = {"path": error.path, "code": error.code, "message": error.message}
        known = PROBLEMS.get(error.code)
        turkish = known.turkish if known else TURKISH.get(error.code)
        return {**entry, "messageTr": turkish} if turkish else entry


def unavailable(code: str, *, seconds: int = RETRY_SECONDS) -> Problem:
    """That something does not answer now, and after how many seconds it is worth asking again."""
    return Problem(code, headers={"Retry-After": f"{seconds}"})


def _title(kind: ProblemKind) -> str:
    """The interface's own title where a request is wrong, else what the status is called."""
    return "IncorrectMessage" if kind.status is HTTPStatus.BAD_REQUEST else kind.status.phrase.replace(" ", "")
