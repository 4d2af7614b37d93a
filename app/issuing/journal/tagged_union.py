"""How a union's member is written with its name, so that it is read as what it was."""

from pydantic import PlainSerializer, PlainValidator, TypeAdapter, ValidationError

from app.issuing.journal.errors import NewerFactError, read_error


def tagged(*classes: type) -> tuple[PlainValidator, PlainSerializer]:
    """Writes a union's member with its name: `{"is": "NotSent", …}`. The members alone look too much alike."""
    adapters: dict[str, TypeAdapter[object]] = {cls.__name__: TypeAdapter(cls) for cls in classes}

    def read(value: object) -> object:
        if not isinstance(value, dict):
            return value
        name = value["is"]
        if name not in adapters:
            raise NewerFactError(f"this release knows no {name}")
        try:
            return adapters[name].validate_python({k: v for k, v in value.items() if k != "is"})
        except ValidationError as error:
            raise read_error(name, error) from None

    def write(value: object) -> dict[str, object]:
        name = type(value).__name__
        body = adapters[name].dump_python(value, mode="json", exclude_defaults=True, warnings="error")
        return {"is": name, **body}

    return PlainValidator(read), PlainSerializer(write)
