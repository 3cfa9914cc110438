"""The software bill of materials names every locked package, is valid, and tells nothing about the machine it was made on."""

import json
import re
import subprocess
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parents[1]


def test_the_bill_of_materials_is_whole_and_valid(tmp_path: Path) -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\nsbom:")[2].partition("\n\n")[0]
    options = re.search(r"cyclonedx_py (.*?)--output-file", recipe.replace("\\\n", " "), re.DOTALL)
    assert options
    target = tmp_path / "sbom.json"
    command = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", *options[1].split(), "--output-file", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    written = target.read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written) is None
    named = {one["name"] + "==" + one["version"] for one in json.loads(written)["components"]}
    locked = set(re.findall(r"^([a-z0-9._-]+==[^ ]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    assert named == locked
    assert str(ROOT) not in written
    assert str(Path.home()) not in written
