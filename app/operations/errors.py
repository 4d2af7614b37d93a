"""Why an operation was not done. A message is one sentence with what to do; one that lists errors has a line for each.

OperationError             the operation was not done, and nothing was changed by it
├── NotFoundError          it names something that there is not, or that several have
├── NotPossibleError       what it names does not permit it: its state, its provider, its login
├── RefusedInputError      what was given cannot be used: a file, a text
└── UnavailableError       Kafka, a provider or a worker does not answer: the same may succeed later

Beside them an operation raises what the room below it raises, which its docstring names: StoreError, SourceError,
TopicUnreadableError, SendError, CodecError.
"""


class OperationError(Exception):
    """The operation was not done."""


class NotFoundError(OperationError):
    """There is no such document, order, business, connection or topic, or the name fits several."""


class NotPossibleError(OperationError):
    """What is named does not permit the operation as things are."""


class RefusedInputError(OperationError):
    """What was given cannot be used; the caller corrects it."""


class UnavailableError(OperationError):
    """What the operation needs does not answer now."""
