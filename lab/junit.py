"""Results as JUnit XML, as continuous integration reads it."""

from collections.abc import Sequence
from xml.etree import ElementTree

from lab.report import failure_lines
from lab.running import Result


def junit(results: Sequence[Result]) -> str:
    """One suite for each file, one case for each scenario. The form: github.com/testmoapp/junitxml."""
    root = ElementTree.Element("testsuites")
    for result in results:
        failed = sum(bool(verdict.failures) for verdict in result.verdicts)
        broken = sum(bool(verdict.problems) for verdict in result.verdicts)
        seconds = sum(verdict.seconds for verdict in result.verdicts)
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=str(result.file),
            tests=str(len(result.verdicts)),
            failures=str(failed),
            errors=str(broken),
            time=f"{seconds:.3f}",
        )
        for verdict in result.verdicts:
            case = ElementTree.SubElement(
                suite,
                "testcase",
                name=verdict.name,
                classname=result.file.name,
                file=str(result.file),
                line=str(verdict.line),
                time=f"{verdict.seconds:.3f}",
            )
            if not verdict.passed:
                first = verdict.problems[0] if verdict.problems else verdict.failures[0][1].expected
                kind = "error" if verdict.problems else "failure"
                ElementTree.SubElement(case, kind, message=first).text = "\n".join(failure_lines(verdict))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
