"""Does a scenario speak of what there is? A claim about a template that no step sends would hold for ever, and test nothing."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from domain.compiler.report import Report, join
from domain.document.form import meant
from domain.durations import format_duration
from domain.errors import InvalidDocument
from domain.program import Program
from lab.customer import CHANNELS
from lab.expectations import Claim
from lab.library import Library
from lab.names import Names
from lab.reading import Written
from lab.scenario import Scenario
from lab.trial import moments

Keys = tuple[str | int, ...]
"""They lead to a place in the scenario."""


def check(written: Written, programs: Sequence[Program], library: Library) -> None:
    """Raises InvalidDocument with everything in the scenario that names nothing, each with its line."""
    report = Report()
    _Checking(written.scenario, library.live(programs).names, library.topics, report).all()
    if report.problems:
        raise InvalidDocument([written.located(problem) for problem in report.problems])


class _Checking:
    def __init__(self, scenario: Scenario, known: Names, topics: Iterable[str], report: Report) -> None:
        self.scenario = scenario
        self.known = known
        self.report = report
        self.permissions = [*CHANNELS, *topics]

    def all(self) -> None:
        """Looks at every name."""
        scenario, known = self.scenario, self.known
        self._names(("consents",), scenario.consents, self.permissions, "channel or topic")
        for number, channel in enumerate(scenario.suppressed):
            self._name(("suppressed", number), channel, CHANNELS, "channel")
        self._names(("answers",), scenario.answers, known.steps, "step")
        self._names(("arms",), scenario.arms, known.arms, "split")
        for step, arm in scenario.arms.items():
            if step in known.arms:
                self._name(("arms", step), arm, known.arms[step], f"arm of {step}")
        if scenario.held_out and not known.has_holdout:
            self.report.refuse("held_out", "no journey here has a holdout", "Leave it out.")
        self._when()
        for number, line in enumerate(scenario.expect):
            self._claim(("expect", number), line)
            unsent = ("expect", number, "not_sent")
            self._name(unsent, line.not_sent, known.templates, "message of these journeys")
            if line.never is not None:
                self._claim(("expect", number, "never"), line.never)

    def _when(self) -> None:
        known, last = self.known, timedelta(0)
        for number, (line, moment) in enumerate(zip(self.scenario.when, moments(self.scenario), strict=True)):
            keys = ("when", number)
            if moment < last:
                message = f"this happens at {format_duration(moment)}, before the line above it"
                self.report.refuse(join("", *keys, "at"), message, "Put the lines in the order of time.")
            last = moment
            if line.reaction is not None:
                self._name(keys, line.reaction[1], known.steps, "step")
            self._name((*keys, "enter"), line.enter, known.journeys, "journey")
            self._name((*keys, "approve"), line.approve, known.approvals, "step that asks for an approval")
            self._name((*keys, "reject"), line.reject, known.approvals, "step that asks for an approval")
            self._name((*keys, "journey"), line.journey, known.journeys, "journey")
            self._names((*keys, "consent"), line.consent or (), self.permissions, "channel or topic")

    def _claim(self, keys: Keys, claim: Claim) -> None:
        known = self.known
        for key in ("sent", "ghost"):
            self._name((*keys, key), getattr(claim, key), known.templates, "message of these journeys")
        for key in ("waiting_at", "called", "notified", "asked"):
            self._name((*keys, key), getattr(claim, key), known.steps, "step")
        entered = claim.entered if isinstance(claim.entered, str) else None
        self._name((*keys, "entered"), entered, known.journeys, "journey")
        self._name((*keys, "journey"), claim.journey, known.journeys, "journey")
        self._name((*keys, "ended"), claim.ended, known.ends, "end of these journeys")

    def _names(self, keys: Keys, names: Iterable[str], known: Collection[str], what: str) -> None:
        for name in names:
            self._name((*keys, name), name, known, what)

    def _name(self, keys: Keys, name: str | None, known: Collection[str], what: str) -> None:
        if name is not None and name not in known:
            self.report.refuse(join("", *keys), f"there is no {what} `{name}`", meant(name, [*known]), "unknown_name")
