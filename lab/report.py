"""Results for people: one line for each file, and for what failed what was expected, what happened, and the path with its times."""

from collections.abc import Iterator, Sequence

from lab.coverage import WHOLE, Coverage
from lab.running import Result, Verdict


def told(result: Result) -> Iterator[str]:
    """A file's lines: how many of its scenarios passed, then each that did not."""
    failed = [verdict for verdict in result.verdicts if not verdict.passed]
    count = len(result.verdicts)
    passed = f"{count - len(failed)} of {count} passed" if failed else f"{count} passed"
    yield f"{result.file}: {passed}"
    for verdict in failed:
        yield ""
        yield from failure_lines(verdict)
        yield ""


def failure_lines(verdict: Verdict) -> Iterator[str]:
    """Why a scenario failed."""
    yield f"FAILED {verdict.file}:{verdict.line}  {verdict.name}"
    yield from (f"  {problem}" for problem in verdict.problems)
    for line, failure in verdict.failures:
        yield f"  line {line}"
        yield f"  - expected  {failure.expected}"
        first, *rest = failure.happened.splitlines() or [""]
        yield f"  + happened  {first}"
        yield from (f"              {one}" for one in rest)
    if verdict.path:
        yield "  The path:"
        width = max(len(line.offset) for line in verdict.path)
        yield from (f"    {line.offset:<{width}}  {line.clock}  {line.text}" for line in verdict.path)


def summary(results: Sequence[Result], seconds: float) -> str:
    """One line about all files."""
    verdicts = [verdict for result in results for verdict in result.verdicts]
    failed = sum(not verdict.passed for verdict in verdicts)
    words = f"{len(verdicts) - failed} passed" + (f", {failed} failed" if failed else "")
    return f"{words} in {seconds:.2f} s"


def coverage_lines(covered: Sequence[Coverage]) -> Iterator[str]:
    """What no scenario takes, journey by journey."""
    for one in covered:
        steps, ways = f"{one.steps_taken} of {one.steps} steps", f"{one.ways_taken} of {one.ways} ways"
        yield f"{one.journey}: {one.percent:.0f}% ({steps}, {ways})"
        yield from (f"  {step if step != WHOLE else 'the journey'}: {way}" for step, way in one.missing)
