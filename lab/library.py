"""What lies in a folder of journeys, compiled: programs, templates, topics. Read once per process and folder."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from content.folder import TemplateFile, journey_files, read_text, template_files, topics_in
from content.requests import named_in
from content.templates import compile_template
from content.yaml import read_documents
from domain.compiler import Known, compile_journey
from domain.document.form import meant
from domain.errors import InvalidDocument, NotFound, Problem
from domain.program import Program
from domain.template import CompiledTemplate
from domain.template_locales import canonical, nearest
from lab.live import Live

VERSION = 1
"""The version that a journey has in the lab: that of its file."""


@dataclass(frozen=True)
class Library:
    """One folder. Templates are compiled when they are first sent."""

    folder: Path

    @cached_property
    def topics(self) -> dict[str, bool]:
        """Whether each topic has to be asked for (`opt_in`)."""
        return {name: bool(words.get("opt_in", False)) for name, words in topics_in([self.folder]).items()}

    @cached_property
    def files(self) -> dict[tuple[str, str], list[TemplateFile]]:
        """The files of each template, by channel and name."""
        files: dict[tuple[str, str], list[TemplateFile]] = {}
        for file in template_files([self.folder]):
            files.setdefault((file.channel, file.name), []).append(file)
        return files

    @cached_property
    def known(self) -> Known:
        named = named_in([self.folder])
        return Known(
            templates=frozenset(self.files),
            topics=frozenset(self.topics),
            journeys=named.journeys,
            inputs=named.inputs,
        )

    @cached_property
    def _programs(self) -> dict[Path, list[Program]]:
        return {}

    @cached_property
    def _live(self) -> dict[tuple[str, ...], Live]:
        return {}

    @cached_property
    def _beside(self) -> dict[Path, list[Program]]:
        return {}

    @cached_property
    def _templates(self) -> dict[Path, CompiledTemplate]:
        return {}

    @cached_property
    def _nearest(self) -> dict[tuple[str, str, str], CompiledTemplate | None]:
        return {}

    def programs(self, file: Path) -> list[Program]:
        """The journeys of a file. Raises InvalidDocument that names the file."""
        if file not in self._programs:
            try:
                documents = read_documents(read_text(file))
                self._programs[file] = [
                    compile_journey(document, self.known, version=VERSION).program for document in documents
                ]
            except InvalidDocument as error:
                placed = [problem.model_copy(update={"path": f"{file}: {problem.path}"}) for problem in error.problems]
                raise InvalidDocument(placed) from None
        return self._programs[file]

    def every(self) -> Sequence[Program]:
        """The journeys of all files of the folder; none when there are no files. Raises InvalidDocument."""
        return self._every

    @cached_property
    def _every(self) -> list[Program]:
        try:
            files = journey_files([self.folder])
        except NotFound:
            return []
        return [program for file in files for program in self.programs(file)]

    def named(self, journeys: Iterable[str]) -> list[Program]:
        """The journeys with these ids, from all files of the folder. Raises InvalidDocument when there is none."""
        every = by_name(self.every())
        for name in journeys:
            if name not in every:
                problem = Problem(path="journey", message=f"there is no journey {name}.", remedy=meant(name, [*every]))
                raise InvalidDocument([problem])
        return [every[name] for name in journeys]

    def live(self, programs: Sequence[Program]) -> Live:
        """These journeys of the folder as the world has them; the same for the same journeys."""
        names = tuple(program.journey for program in programs)
        if names not in self._live or any(
            one is not other for one, other in zip(self._live[names].programs, programs, strict=True)
        ):
            self._live[names] = Live(programs)
        return self._live[names]

    def beside(self, test: Path) -> list[Program]:
        """The journeys of the file that a test file stands beside. Raises InvalidDocument when there is none."""
        if test not in self._beside:
            self._beside[test] = self.programs(self._file_beside(test))
        return self._beside[test]

    def _file_beside(self, test: Path) -> Path:
        stem = test.name.partition(".test.")[0]
        file = next(
            (file for suffix in (".yaml", ".yml", ".json") if (file := test.with_name(stem + suffix)).is_file()), None
        )
        if file is None:
            message = f"there is no journey {stem}.yaml beside it."
            remedy = "Name the journey in the scenario, as in `journey: welcome`."
            raise InvalidDocument([Problem(path=str(test), message=message, remedy=remedy)])
        return file

    def template(self, channel: str, name: str, locale: str) -> CompiledTemplate | None:
        """The text in the nearest locale, else the one that there is; None: there is no such template.

        Raises InvalidDocument when it is broken.
        """
        asked = channel, name, locale
        if asked not in self._nearest:
            self._nearest[asked] = self._template(channel, name, locale)
        return self._nearest[asked]

    def _template(self, channel: str, name: str, locale: str) -> CompiledTemplate | None:
        files = {canonical(file.locale): file for file in self.files.get((channel, name), ())}
        wanted = nearest(locale, files)
        if wanted is None:
            return None
        file = files[wanted]
        if file.file not in self._templates:
            self._templates[file.file] = compile_template(channel, name, file.text, locale=file.locale)
        return self._templates[file.file]


_libraries: dict[Path, Library] = {}


def library_of(folder: Path) -> Library:
    """The folder's library, read once."""
    if folder not in _libraries:
        _libraries[folder] = Library(folder)
    return _libraries[folder]


def forget() -> None:
    """What was read is read anew when it is needed again."""
    _libraries.clear()


def by_name(programs: Iterable[Program]) -> Mapping[str, Program]:
    return {program.journey: program for program in programs}
