"""Runs that listen: heard, not heard, and heard in the last moment."""

import re

from tests.replay.plays.stage import CODE, Stage, play

BROWSER = {
    "User-Agent": "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15"
}


@play("exit:heard")
async def hearing(stage: Stage) -> None:
    steps = """
  - {id: pause, wait: 30d}
  - id: answer
    wait_for: {event: Answered, where: {value: {gte: 5}}, same: code, within: 30d, as: answer}
    then: [{id: kept, set: {answer: {ref: run.answer.value}}}]
  - id: race
    wait_for:
      first:
        - {event: Bought, then: [{id: bought, exit: bought}]}
        - {rule: {grade: gold}, then: [{id: heard, exit: heard}]}
      within: 30d
"""
    await stage.open("hearing", steps, "entry: {event: Begun, per: event.code}\n")
    await stage.order(await stage.waiting("hearing", "pause"), "skip-wait")
    await stage.waiting("hearing", "answer")
    for value in (1, 7):
        await stage.world.track("ada", "Answered", value=value, code=CODE)
    await stage.waiting("hearing", "race")
    await stage.world.identify("ada", grade="gold")


@play(fast=True)
async def waiting_in_vain(stage: Stage) -> None:
    steps = """
  - {id: hello, send: email/hello}
  - {id: opens, wait_for: {reaction: opened, to: hello, within: 6h}, else: [{id: no-open, add_tags: unread}]}
  - {id: rule, wait_for: {rule: {grade: gold}, within: 6h}}
  - {id: entry, wait_for: {event: Answered, since: entry, within: 6h}}
"""
    await stage.open("waiting-in-vain", steps)


@play("exit:clicked", fast=True)
async def clicking(stage: Stage) -> None:
    steps = """
  - {id: invite, send: email/invite}
  - {id: clicks, wait_for: {reaction: clicked, to: invite, within: 60d}, then: [{id: clicked, exit: clicked}]}
"""
    await stage.world.admin.put(
        "/v1/templates/email/invite", content='---\nsubject: invite\n---\n<a href="https://shop.test/come">Come</a>\n'
    )
    await stage.open("clicking", steps)
    await stage.waiting("clicking", "clicks")
    html = next(part for part in stage.post.parsed()[-1].walk() if part.get_content_type() == "text/html")
    link = re.search(r'/c/[^"\s]+', html.get_content())
    assert link is not None
    await stage.world.shop.get(link[0], headers=BROWSER)


@play("goal")
async def meeting_its_goal(stage: Stage) -> None:
    await stage.open("meeting-its-goal", "  - {id: pause, wait: 30d}\n", "goal: {event: Bought, value: total}\n")
    await stage.waiting("meeting-its-goal", "pause")
    await stage.world.track("ada", "Bought", total=49)
