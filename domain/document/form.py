"""The base of every mapping in a document: short forms, and errors that name the key which was probably meant."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cache
from reprlib import Repr
from typing import Any, ClassVar, Self

from pydantic import (
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    WrapValidator,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError

from domain.frozen import Frozen

JsonSchema = dict[str, Any]
_LISTED = 20
_BRIEFLY = Repr()
_BRIEFLY.maxstring = _BRIEFLY.maxother = 60


def briefly(value: object) -> str:
    """What was written, short enough for a message."""
    return _BRIEFLY.repr(value)


def wrong(message: str, remedy: str = "", code: str = "invalid") -> PydanticCustomError:
    """The error a validator raises: becomes a `Problem` with this message, remedy and code."""
    told = {"message": message, "remedy": remedy}
    return PydanticCustomError(code, "{message}", told)


def near(word: str, known: list[str]) -> str:
    """`Did you mean …?`, or nothing when nothing is near."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"Did you mean `{close[0]}`?" if close else ""


def meant(word: str, known: list[str]) -> str:
    """`Did you mean …?`, or the list of what there is."""
    listed = ", ".join(f"`{name}`" for name in known[:_LISTED]) + (" and others" if len(known) > _LISTED else "")
    return near(word, known) or (f"There is {listed}." if known else "")


class Form(Frozen):
    """One mapping of a document. `short` is the JSON Schema of its one-word form, which `spelled_out` turns into keys."""

    short: ClassVar[JsonSchema | None] = None
    one_of: ClassVar[tuple[str, ...]] = ()
    """Keys of which exactly one is written."""

    @classmethod
    def spelled_out(cls, written: object) -> object:
        """The long form of what was written."""
        return written

    @classmethod
    def keys(cls) -> list[str]:
        """The keys an author may write, in the order of the documentation."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, written: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        mapping = cls.spelled_out(written)
        if not isinstance(mapping, Mapping | cls):
            raise wrong(f"{briefly(written)} stands where a mapping is needed", f"Keys: {', '.join(cls.keys())}.")
        try:
            return handler(mapping)
        except ValidationError as refused:
            details = [_named(cls, error) for error in refused.errors(include_url=False)]
            raise ValidationError.from_exception_data(cls.__name__, details) from None

    @model_validator(mode="after")
    def _one_is_written(self) -> Self:
        if not self.one_of:
            return self
        said = {field.alias or name: getattr(self, name) for name, field in type(self).model_fields.items()}
        written = [key for key in self.one_of if said[key] is not None]
        if len(written) != 1:
            keys = " or ".join(f"`{key}`" for key in self.one_of)
            raise wrong(f"{'none' if not written else 'more than one'} of {keys} is written", f"Write either {keys}.")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        schema = handler.resolve_ref_schema(handler(core_schema))
        if cls.one_of:
            schema["oneOf"] = [{"required": [key]} for key in cls.one_of]
        return {"anyOf": [cls.short, schema]} if cls.short else schema


def choose(pick: Callable[[object], Any]) -> WrapValidator:
    """Reads a value as the type that `pick` names, so that errors speak of that one and not of every member of a union."""
    return WrapValidator(lambda written, _: _reader(pick(written)).validate_python(written))


@cache
def _reader(form: Any) -> TypeAdapter[Any]:
    return TypeAdapter(form)


def by_key(written: object, forms: Mapping[str, type[Form]]) -> type[Form]:
    """The form of the first of these keys that the mapping has."""
    if not isinstance(written, Mapping):
        raise wrong(f"{briefly(written)} stands where a mapping is needed", f"It has one of {', '.join(forms)}.")
    found = next((form for key, form in forms.items() if key in written), None)
    if found is None:
        raise wrong(f"one of {', '.join(forms)} is required", meant(str(next(iter(written), "")), list(forms)))
    return found


def _named(form: type[Form], error: Any) -> InitErrorDetails:
    """The same error, in our words; an unknown key of this form is told which keys there are."""
    location, context = error["loc"], error.get("ctx", {})
    if error["type"] == "extra_forbidden" and len(location) == 1:
        known = form.keys()
        problem = wrong(f"unknown key `{location[0]}`", meant(str(location[0]), known), "unknown_key")
    elif error["type"] == "missing":
        problem = wrong("is required", code="missing")
    elif "remedy" in context:
        problem = wrong(context["message"], context["remedy"], error["type"])
    else:
        problem = wrong(_plain(error), _remedy(error))
    return InitErrorDetails(type=problem, loc=location, input=error["input"])


def _plain(error: Any) -> str:
    """pydantic's message without its prefix, and what was found instead."""
    match error["type"]:
        case "value_error":
            return str(error["ctx"]["error"])
        case "too_short" | "string_too_short":
            least = error["ctx"]["min_length"]
            return "must not be empty" if least == 1 else f"needs at least {least}, not {error['ctx']['actual_length']}"
        case "literal_error":
            return f"{briefly(error['input'])} is not one of its values"
    return f"{error['msg'][:1].lower()}{error['msg'][1:]}, not {briefly(error['input'])}"


def _remedy(error: Any) -> str:
    if error["type"] == "literal_error":
        return meant(
            str(error["input"]), re.findall(r"'([^']*)'", error["ctx"]["expected"]) or [error["ctx"]["expected"]]
        )
    is_scalar = isinstance(error["input"], bool | int | float)
    return "Put the value in quotes." if error["type"] == "string_type" and is_scalar else ""
