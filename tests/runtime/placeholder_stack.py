"""A stack with real servers whose API and worker are placeholders: `python -m tests.runtime.placeholder_stack`."""

import sys
from pathlib import Path

from cli.main import exit_code
from domain.errors import SojournError
from runtime.settings import load_settings
from runtime.stack.plan import Commands
from runtime.stack.supervisor import Supervisor


def supervise() -> int:
    program = (sys.executable, str(Path(__file__).with_name("placeholder_program.py")))
    commands = Commands(api=(*program, "api"), worker=(*program, "worker"), publish=("true",))
    try:
        return Supervisor(load_settings(), commands).run()
    except SojournError as error:
        sys.stderr.write(error.message)
        return exit_code(error)


if __name__ == "__main__":
    sys.exit(supervise())
