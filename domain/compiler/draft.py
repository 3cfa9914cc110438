"""What a compile has found so far, and the place in the document where it is."""

from dataclasses import dataclass, field
from typing import Literal

from domain.compiler.known import Known, Placed
from domain.compiler.later import LATER
from domain.compiler.mentions import nodes, references
from domain.compiler.report import Report
from domain.document.form import meant
from domain.errors import InvalidDocument
from domain.program import Operation
from domain.rules.parse import parse_rule
from domain.rules.rule import AllOf, InSegment, Reachable, Reacted, Rule, Subscribed

ENTRY = "(entry)"
"""Stands for a step where a rule is asked before the run has begun; `None` where it may be asked at any time."""


@dataclass(frozen=True, slots=True)
class Written:
    """A step as it stands in the document."""

    path: str
    kind: str | None


@dataclass(frozen=True, slots=True)
class Use:
    """A step (or the entry) refers to what another step must have done before, sent something or gathered it; or what one is to
    send later."""

    what: Literal["sent", "to_send", "gathered"]
    name: str
    path: str
    step: str | None


@dataclass
class Draft:
    """`written` are all steps of the document by id; `is_whole` is false once a part could not be read at all.

    `uses` are checked once the plan is whole; `reach` remembers what can come after a step.
    `can_leave`: a goal or an exit can end any wait. `has_key`, `has_items`: entries have a `per`, an `each`.
    """

    known: Known
    report: Report = field(default_factory=Report)
    topic: str | None = None
    utm: dict[str, str] = field(default_factory=dict)
    inputs: frozenset[str] = frozenset()
    has_key: bool = True
    has_items: bool = True
    can_leave: bool = False
    is_whole: bool = True
    written: dict[str, Written] = field(default_factory=dict)
    steps: dict[str, Operation] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    gatherers: dict[str, list[str]] = field(default_factory=dict)
    reach: dict[str, set[str]] = field(default_factory=dict)
    rules: list[Placed] = field(default_factory=list)

    def rule(
        self, written: object, path: str, step: str | None, root: Literal["customer", "arriving"] = "customer"
    ) -> Rule:
        """The rule that stands there. One that cannot be read is noted, and one that always holds stands in for it."""
        try:
            rule = parse_rule(written, path=path, root=root)  # type: ignore[arg-type]
        except InvalidDocument as refused:
            self.report.take(refused.problems)
            return AllOf(of=())
        for ref in references(rule):
            self.refers(ref, path, step)
        for node in nodes(rule):
            self._asks(node, path, step)
        self.rules.append(Placed(path, None if step == ENTRY else step, written, rule, root == "arriving"))
        return rule

    def _asks(self, node: Rule, path: str, step: str | None) -> None:
        match node:
            case Reacted(to=to):
                self.uses.append(Use("sent", to, path, step))
            case Subscribed(topic=topic):
                self.has_topic(topic, path)
            case InSegment() if remedy := LATER["rule"].get("in_segment"):
                self.report.refuse(path, "this version does not run `in_segment`", remedy, "not_available")
            case Reachable(channels=channels):
                for channel in channels:
                    if channel not in self.known.channels:
                        remedy = meant(channel, sorted(self.known.channels))
                        self.report.refuse(path, f"no provider sends by `{channel}`", remedy, "unknown_channel")

    def refers(self, ref: str, path: str, step: str | None) -> None:
        """Notes that the value of a reference is needed at this step."""
        root, _, rest = ref.partition(".")
        if root == "run":
            self.uses.append(Use("gathered", rest.partition(".")[0], path, step))
        if root == "item" and not self.has_items:
            self.report.refuse(
                path, f"`{ref}` refers to an element, and the entry has no `each`", "Add `each` to the entry."
            )

    def has_topic(self, topic: str, path: str) -> None:
        if topic not in self.known.topics:
            known = sorted(self.known.topics)
            remedy = meant(topic, known) or "Create the topic first."
            self.report.refuse(path, f"there is no topic `{topic}`", remedy, "unknown_topic")

    def add(self, step: Operation) -> None:
        self.steps[step.id] = step

    def is_staged(self, scopes: tuple[str, ...]) -> bool:
        """Whether one of the scopes is a stage, which can end any wait within it."""
        return any(scope in self.written and self.written[scope].kind == "stage" for scope in scopes)

    def gathers(self, name: str | None, step: str) -> None:
        """Notes that a step keeps something as `run.<name>`."""
        if name is not None:
            self.gatherers.setdefault(name, []).append(step)

    def is_the_key(self, same: str | None, path: str) -> None:
        """Notes a `same` where runs have no key."""
        if same is not None and not self.has_key:
            remedy = f"Add `per: event.{same}` to every entry, or write `where: {{{same}: {{ref: event.{same}}}}}`."
            self.report.refuse(path, "`same` compares with the run's key, and not every entry has a `per`", remedy)
