"""Tables of keys for docs/language.md, made of the models: a test holds the page to them."""

from collections.abc import Iterator

from pydantic import TypeAdapter

from domain.document import (
    asking,
    branching,
    calling,
    changing,
    entry,
    journey,
    listening,
    moments,
    others,
    sending,
    waiting,
)
from domain.document.form import Form, JsonSchema
from domain.document.schema import journey_schema
from domain.document.step import StepForm
from domain.durations import Duration

FORMS: tuple[type[Form], ...] = (
    journey.JourneyDocument,
    moments.Between,
    sending.Utm,
    entry.EntryForm,
    entry.Every,
    entry.GoalForm,
    entry.ExitForm,
    sending.SendStep,
    sending.SendForm,
    waiting.WaitStep,
    waiting.WaitSpan,
    waiting.WaitUntil,
    waiting.WaitWindow,
    waiting.WaitSilence,
    waiting.SilenceForm,
    waiting.WaitBusinessDays,
    waiting.WaitLearned,
    waiting.LearnedFrom,
    waiting.GapForm,
    listening.WaitForStep,
    listening.EventInTime,
    listening.ReactionInTime,
    listening.RuleInTime,
    listening.Race,
    listening.FirstEvent,
    listening.FirstReaction,
    listening.FirstRule,
    branching.BranchStep,
    branching.CaseForm,
    branching.ElseForm,
    branching.BranchBy,
    branching.SplitStep,
    branching.ArmForm,
    branching.StageStep,
    branching.StageForm,
    branching.StageEvent,
    listening.ForRule,
    branching.RepeatStep,
    branching.RepeatForm,
    branching.ParallelStep,
    branching.ParallelForm,
    branching.ExitStep,
    branching.NoteStep,
    changing.SetStep,
    changing.ScoreStep,
    changing.ScoreForm,
    changing.SubscribeStep,
    changing.UnsubscribeStep,
    calling.WebhookStep,
    calling.WebhookForm,
    calling.NotifyStep,
    calling.NotifyForm,
    asking.ApproveStep,
    asking.ApproveForm,
    others.StartJourneyStep,
    others.StartJourneyForm,
    others.StopJourneyStep,
    others.StopJourneyForm,
)
"""Every mapping an author may write, in the order of the page."""

_KINDS = {
    "Rule": "rule",
    "Where": "rule",
    "Steps": "steps",
    "Values": "mapping of values",
    "Comparison": "comparison",
    "Entries": "trigger, or list",
    "Goals": "trigger, or list",
    "Exits": "trigger, or list",
}


_DURATION = TypeAdapter(Duration).json_schema()["pattern"]


def key_table(form: type[Form]) -> str:
    """The keys of a mapping as a Markdown table: what each takes, and what it means. Required keys are bold.

    The `id` of steps is left out: the page says it once.
    """
    schema = journey_schema()
    mapping = _mapping(schema if form is journey.JourneyDocument else schema["$defs"][form.__name__])
    rows = [
        (
            f"**`{key}`**" if key in mapping.get("required", ()) else f"`{key}`",
            " or ".join(dict.fromkeys(_kinds(part, schema["$defs"]))),
            _meaning(part),
        )
        for key, part in mapping["properties"].items()
        if key != "id" or not issubclass(form, StepForm)
    ]
    return "\n".join(["| key | takes | meaning |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)])


def _mapping(schema: JsonSchema) -> JsonSchema:
    """The long form of a schema that has a short one too."""
    return schema if "properties" in schema else next(part for part in schema["anyOf"] if "properties" in part)


def _meaning(part: JsonSchema) -> str:
    return str(part.get("description", "")).replace("|", "\\|")


def _kinds(part: JsonSchema, definitions: JsonSchema) -> Iterator[str]:
    """What a schema allows, in an author's words."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        yield from (_KINDS[name],) if name in _KINDS else _kinds(definitions[name], definitions)
    elif "anyOf" in part and "properties" not in part:
        for option in part["anyOf"]:
            yield from _kinds(option, definitions)
    elif "enum" in part or "const" in part:
        yield ", ".join(f"`{_word(value)}`" for value in part.get("enum", [part.get("const")]))
    else:
        yield _kind(part)


def _kind(part: JsonSchema) -> str:
    if part.get("pattern") == _DURATION:
        return "duration"
    match part:
        case {"examples": [example, *_]}:
            return f"as in `{example}`"
        case {"type": "array"}:
            return "list"
        case {"type": "object"}:
            return "mapping"
        case {"type": "string"}:
            return "text"
    return str(part["type"])


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
