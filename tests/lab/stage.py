"""A folder of journeys in a temporary place, and the scenarios that are tried in it."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from lab.library import forget
from lab.report import failure_lines
from lab.running import Result, Verdict, run_file

ENTRY = "entry: {event: Go}"


@dataclass
class Stage:
    """`journey.yaml` and `journey.test.yaml` in one folder, with templates that say their name."""

    folder: Path

    def __post_init__(self) -> None:
        forget()
        for name in ("hello", "bye", "late"):
            self.template(
                f"email/{name}.html",
                f"---\nsubject: {name}\n---\n<p>{name.title()} {{{{ customer.first_name | default: 'you' }}}}</p>",
            )
        self.template("sms/hello.txt", "Hello by text")
        self.write("topics.yaml", "news: {title: News}\nvip: {title: For the few, opt_in: true}\n")

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), encoding="utf-8")
        return file

    def template(self, name: str, text: str) -> None:
        self.write(f"templates/{name}", text)

    def journey(self, steps: str, *, head: str = ENTRY, name: str = "journey") -> None:
        """A journey with these steps; `head` is what stands above them."""
        forget()
        text = f"journey: {name}\n{dedent(head).strip()}\nsteps:\n" + _indented(steps)
        self.write(f"{name}.yaml", text)

    def run(self, scenarios: str, *, name: str = "journey") -> Result:
        """Runs a whole test file."""
        return run_file(self.write(f"{name}.test.yaml", scenarios))

    def one(self, body: str) -> Verdict:
        """Runs one scenario, of which only what stands below its name is given."""
        [verdict] = self.run("- scenario: this one\n" + _indented(body)).verdicts
        return verdict

    def passes(self, body: str) -> None:
        """The scenario comes as expected."""
        verdict = self.one(body)
        assert verdict.passed, "\n".join(failure_lines(verdict))

    def fails(self, body: str) -> str:
        """What is told of a scenario that does not."""
        verdict = self.one(body)
        assert not verdict.passed
        return "\n".join(failure_lines(verdict))


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in dedent(text).strip("\n").splitlines())
