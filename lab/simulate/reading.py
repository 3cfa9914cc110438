"""A model file as text: what it says, and where everything in it stands."""

from pathlib import Path

from content.folder import read_text
from content.yaml import marks_of, place_of
from content.yaml_tree import read_nodes
from domain.compiler.report import Report, join
from domain.document.form import meant
from domain.errors import InvalidDocument, NotFound, Problem
from domain.program import Program
from lab.customer import CHANNELS
from lab.simulate.model import Model


def read_model(file: Path) -> Model:
    """The model in a file. Raises NotFound, and InvalidDocument with everything that is wrong, each with its line."""
    if not file.is_file():
        raise NotFound(f"there is no file {file}.")
    try:
        nodes = read_nodes(read_text(file))
    except InvalidDocument as error:
        placed = [problem.model_copy(update={"path": f"{file}: {problem.path}"}) for problem in error.problems]
        raise InvalidDocument(placed) from None
    if len(nodes) != 1:
        raise InvalidDocument([Problem(path=str(file), message="a model file is one mapping.")])
    report = Report()
    model = report.read(Model, nodes[0].plain(), "")
    if model is None:
        marks = marks_of(nodes[0])
        located = []
        for problem in report.problems:
            mark = place_of(problem.path, marks)
            place = f"{file}:{mark.line}:{mark.column}" if mark else str(file)
            located.append(problem.model_copy(update={"path": f"{place}: {problem.path}"}))
        raise InvalidDocument(located)
    return model


def check_names(model: Model, program: Program, topics: dict[str, bool], file: Path) -> None:
    """Raises InvalidDocument when the model speaks of channels, topics, journeys or messages that there are not."""
    report = Report()
    permissions = [*CHANNELS, *topics]
    for name in model.customers.consents:
        _known(report, join("customers", "consents", name), name, permissions, "channel or topic")
    steps = [*program.steps]
    sends = [
        f"{channel}/{step.template}"
        for step in program.steps.values()
        if step.op == "send"
        for channel in step.channels
    ]
    for number, one in enumerate(model.events):
        path = join("events", number)
        if one.enter is not None:
            _known(report, join(path, "enter"), one.enter, [program.journey], "journey")
        for name in one.consent or ():
            _known(report, join(path, "consent"), name, permissions, "channel or topic")
        if one.after is not None and not isinstance(one.after, tuple):
            _known(report, join(path, "after"), one.after.sent, [*sends, *steps], "message of this journey")
    for number, reaction in enumerate(model.reactions):
        for name in reaction.to:
            if not any(sign in name for sign in "*?["):
                _known(report, join("reactions", number, "to"), name, [*sends, *steps], "message of this journey")
    if report.problems:
        located = [one.model_copy(update={"path": f"{file}: {one.path}"}) for one in report.problems]
        raise InvalidDocument(located)


def _known(report: Report, path: str, name: str, known: list[str], what: str) -> None:
    if name not in known:
        report.refuse(path, f"there is no {what} `{name}`", meant(name, known), "unknown_name")
