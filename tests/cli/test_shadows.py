"""`sojourn journeys publish --shadow`, `compare` and `shadow stop`, against a server."""

from pathlib import Path

from tests.cli.conftest import Sojourn

JOURNEY = """journey: offer
entry: {event: Signed Up}
steps:
  - {id: hello, send: email/hello}
"""
CALMER = JOURNEY.replace("steps:\n", "steps:\n  - {id: calm, wait: 1d}\n")
TEMPLATE = "---\nsubject: Hello\n---\nHello. {{ message.unsubscribe_url }}\n"


def write(folder: Path, journey: str, template: str = TEMPLATE) -> None:
    (folder / "templates" / "email").mkdir(parents=True, exist_ok=True)
    (folder / "offer.yaml").write_text(journey)
    (folder / "templates" / "email" / "hello.txt").write_text(template)


async def test_a_version_in_shadow_from_beginning_to_end(sojourn: Sojourn, folder: Path) -> None:
    write(folder, JOURNEY)
    await sojourn("journeys", "publish", folder)
    write(folder, CALMER, TEMPLATE.replace("Hello.", "Good day."))
    published = await sojourn("journeys", "publish", folder, "--shadow")
    assert published.output.startswith("journey offer version 2 in shadow\n"), (
        "the live version's template is left alone"
    )
    compared = await sojourn("journeys", "compare", "offer")
    assert compared.code == 0
    assert "offer since" in compared.output
    assert "0 runs on both sides, 0 went the same way." in compared.output
    assert "What cannot be known:" in compared.output
    asked = (await sojourn("journeys", "compare", "offer", "--json")).json
    assert (asked["live_version"], asked["shadow_version"], asked["people"]) == (1, 2, [])
    stopped = await sojourn("journeys", "shadow", "stop", "offer")
    assert stopped.output == "offer version 2 is in shadow no more; its runs are ended.\n"
    refused = await sojourn("journeys", "compare", "offer")
    assert refused.code == 4
    assert "No version of offer is in shadow" in refused.error


async def test_what_ran_in_shadow_is_published_as_it_is(sojourn: Sojourn, folder: Path) -> None:
    write(folder, JOURNEY)
    await sojourn("journeys", "publish", folder)
    write(folder, CALMER)
    await sojourn("journeys", "publish", folder, "--shadow")
    again = await sojourn("journeys", "publish", folder, "--shadow")
    assert again.output.startswith("journey offer version 2 in shadow (unchanged)\n")
    assert "journey offer version 2\n" in (await sojourn("journeys", "publish", folder)).output
    assert (await sojourn("journeys", "list", "--json")).json["items"][0]["live_version"] == 2


async def test_a_first_version_has_nothing_to_run_beside(sojourn: Sojourn, folder: Path) -> None:
    write(folder, JOURNEY)
    outcome = await sojourn("journeys", "publish", folder, "--shadow")
    assert outcome.code == 4
    assert "there is nothing to run beside" in outcome.error
