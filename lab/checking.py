"""Does a scenario speak of what there is? A claim about a template that no step sends would hold for ever, and test nothing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from domain.compiler.report import Report, join
from domain.document.form import meant
from domain.durations import format_duration
from domain.errors import InvalidDocument
from domain.program import Approve, Exit, Program, Send, Split, StopJourney
from lab.customer import CHANNELS
from lab.expectations import Claim
from lab.library import Library
from lab.reading import Written
from lab.scenario import Scenario
from lab.trial import moments

ENDS = ("finished", "goal", "exit:past", "exit:late", "exit:failure", "stopped:scenario", "stopped:restart")


def check(written: Written, programs: Sequence[Program], library: Library) -> None:
    """Raises InvalidDocument with everything in the scenario that names nothing, each with its line."""
    report = Report()
    _Checking(written.scenario, programs, library, report).all()
    if report.problems:
        raise InvalidDocument([written.located(problem) for problem in report.problems])


class _Checking:
    def __init__(self, scenario: Scenario, programs: Sequence[Program], library: Library, report: Report) -> None:
        self.scenario = scenario
        self.report = report
        self.journeys = [program.journey for program in programs]
        self.steps = [step for program in programs for step in program.steps]
        self.steps += [f"{program.journey}/{step}" for program in programs for step in program.steps]
        self.splits = {
            step.id: [arm.name for arm in step.arms]
            for program in programs
            for step in program.steps.values()
            if isinstance(step, Split)
        }
        self.approvals = [
            name
            for program in programs
            for step in program.steps.values()
            if isinstance(step, Approve)
            for name in (step.id, f"{program.journey}/{step.id}")
        ]
        self.templates = list(dict.fromkeys(_templates(programs)))
        self.ends = [*ENDS, *dict.fromkeys(_exits(programs))]
        self.permissions = [*CHANNELS, *library.topics]
        self.has_holdout = any(entry.holdout > 0 for program in programs for entry in program.entries)

    def all(self) -> None:
        """Looks at every name."""
        scenario = self.scenario
        self._names("consents", scenario.consents, self.permissions, "channel or topic")
        for number, channel in enumerate(scenario.suppressed):
            self._name(join("suppressed", number), channel, list(CHANNELS), "channel")
        self._names("answers", scenario.answers, self.steps, "step")
        self._names("arms", scenario.arms, list(self.splits), "split")
        for step, arm in scenario.arms.items():
            if step in self.splits:
                self._name(join("arms", step), arm, self.splits[step], f"arm of {step}")
        if scenario.held_out and not self.has_holdout:
            self.report.refuse("held_out", "no journey here has a holdout", "Leave it out.")
        self._when()
        for number, line in enumerate(scenario.expect):
            self._claim(join("expect", number), line)
            if line.not_sent is not None:
                self._name(
                    join("expect", number, "not_sent"), line.not_sent, self.templates, "message of these journeys"
                )
            if line.never is not None:
                self._claim(join("expect", number, "never"), line.never)

    def _when(self) -> None:
        last = timedelta(0)
        for number, (line, moment) in enumerate(zip(self.scenario.when, moments(self.scenario), strict=True)):
            path = join("when", number)
            if moment < last:
                message = f"this happens at {format_duration(moment)}, before the line above it"
                self.report.refuse(join(path, "at"), message, "Put the lines in the order of time.")
            last = moment
            if line.reaction is not None:
                self._name(path, line.reaction[1], self.steps, "step")
            self._name(join(path, "enter"), line.enter, self.journeys, "journey")
            self._name(join(path, "approve"), line.approve, self.approvals, "step that asks for an approval")
            self._name(join(path, "reject"), line.reject, self.approvals, "step that asks for an approval")
            self._name(join(path, "journey"), line.journey, self.journeys, "journey")
            self._names(join(path, "consent"), line.consent or (), self.permissions, "channel or topic")

    def _claim(self, path: str, claim: Claim) -> None:
        for key in ("sent", "ghost"):
            self._name(join(path, key), getattr(claim, key), self.templates, "message of these journeys")
        for key in ("waiting_at", "called", "notified", "asked"):
            self._name(join(path, key), getattr(claim, key), self.steps, "step")
        entered = claim.entered if isinstance(claim.entered, str) else None
        self._name(join(path, "entered"), entered, self.journeys, "journey")
        self._name(join(path, "journey"), claim.journey, self.journeys, "journey")
        self._name(join(path, "ended"), claim.ended, self.ends, "end of these journeys")

    def _names(self, path: str, names: Iterable[str], known: list[str], what: str) -> None:
        for name in names:
            self._name(join(path, name), name, known, what)

    def _name(self, path: str, name: str | None, known: list[str], what: str) -> None:
        if name is not None and name not in known:
            self.report.refuse(path, f"there is no {what} `{name}`", meant(name, known), "unknown_name")


def _templates(programs: Sequence[Program]) -> Iterator[str]:
    for program in programs:
        for step in program.steps.values():
            if isinstance(step, Send):
                yield from (f"{channel}/{step.template}" for channel in step.channels)


def _exits(programs: Sequence[Program]) -> Iterator[str]:
    for program in programs:
        yield from (f"exit:{trigger.id}" for trigger in program.exits)
        yield from (f"exit:{step.reason}" for step in program.steps.values() if isinstance(step, Exit))
        yield from (f"stopped:{program.journey}" for step in program.steps.values() if isinstance(step, StopJourney))
