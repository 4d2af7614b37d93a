"""What keeps the read model from being read; what keeps it from being written is in `app/following/errors.py`.

ReadModelError
├── NoReadModelError            there is none yet: start `faturaflow worker tracking`
└── CursorError                 the cursor cannot be used
    ├── CursorMismatchError     it is of another list, or was changed
    └── CursorExpiredError      it is of a read model that a rebuild has replaced: begin anew
"""


class ReadModelError(Exception):
    """The read model cannot be read."""


class NoReadModelError(ReadModelError):
    """No process has begun one in this database."""


class CursorError(ReadModelError):
    """The cursor cannot be used for this list."""


class CursorMismatchError(CursorError):
    """It was given for other filters, or is none of ours."""


class CursorExpiredError(CursorError):
    """The read model was rebuilt since."""
