"""Profiles, scores, permissions and sends stand in a back-test as they stood when it mattered."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import text

from lab.backtest.assessing import Result
from lab.backtest.telling import Person
from tests.backtest.archive import START, Archive
from tests.backtest.town import backtest

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
JOURNEY = """
journey: greet
entry: {event: Go, if: {plan: pro}, again: always}
topic: news
steps:
  - {id: hello, send: email/hello}
  - {id: two-days, wait: 2d}
  - {id: bye, send: email/bye}
"""


async def tried(archive: Archive, journey: str = JOURNEY, **options: object) -> tuple[Result, dict[UUID, Person]]:
    await archive.templates()
    await archive.journey(journey)
    await archive.save()
    given = {"until": START + 30 * DAY} | options
    result, everybody = await backtest(archive.db, "greet", START, **given)  # type: ignore[arg-type]
    return result, {UUID(person.customer): person for person in everybody}


def sent(person: Person) -> list[tuple[str, timedelta]]:
    return [(one.name, one.at - START) for course in person.draft for one in course.sent]


async def test_a_profile_is_that_of_the_moment_and_not_that_of_today(archive: Archive) -> None:
    early = await archive.customer("early", email="a@example.com", plan="free")
    archive.event(early, "Identified", -DAY, kind="identify", email="a@example.com", plan="pro")
    archive.event(early, "Go", HOUR)
    archive.event(early, "Identified", 5 * DAY, kind="identify", plan="free")
    archive.event(early, "Go", 6 * DAY)
    _, people = await tried(archive)
    assert sent(people[early]) == [("email/hello", HOUR), ("email/bye", HOUR + 2 * DAY)]


async def test_what_no_event_mentions_is_as_it_is_today(archive: Archive) -> None:
    imported = await archive.customer("imported", email="a@example.com", plan="pro")
    archive.event(imported, "Go", HOUR)
    _, people = await tried(archive)
    assert len(sent(people[imported])) == 2


async def test_what_other_journeys_changed_counts_and_what_this_one_changed_does_not(archive: Archive) -> None:
    run = uuid4()
    for name, journey in (("by-other", "other"), ("by-this", "greet")):
        who = await archive.customer(name, email="a@example.com", plan="pro")
        archive.event(who, "Go", HOUR / 2)
        told = {"attributes": {"plan": "pro"}, "journey": journey, "run_id": str(run)}
        archive.event(who, "Attributes Changed", HOUR, kind="internal", source="journey", **told)
        archive.event(who, "Go", 2 * HOUR)
        if journey == "greet":
            await archive.run(who, run, HOUR / 2)
    _, people = await tried(archive)
    entered = {who: [course.entered_at - START for course in person.draft] for who, person in people.items()}
    assert sorted(entered.values()) == [[], [2 * HOUR]]


async def test_consent_is_that_of_the_moment(archive: Archive) -> None:
    who = await archive.customer("leaver", email="a@example.com", plan="pro")
    archive.event(who, "Go", HOUR)
    await archive.consent(who, DAY, granted=False, topic="news")
    result, people = await tried(archive)
    assert sent(people[who]) == [("email/hello", HOUR)]
    assert result.draft.held == {("bye", "skip", "topic"): 1}


async def test_a_suppression_counts_from_its_moment_on(archive: Archive) -> None:
    who = await archive.customer("bounced", email="A@Example.com", plan="pro")
    archive.event(who, "Go", HOUR)
    await archive.run_sql(
        "INSERT INTO suppression (channel, address, reason, source, at)"
        " VALUES ('email', 'a@example.com', 'hard_bounce', '', :at)",
        at=START + DAY,
    )
    result, people = await tried(archive)
    assert sent(people[who]) == [("email/hello", HOUR)]
    assert result.draft.held == {("bye", "skip", "suppression"): 1}


async def test_what_other_journeys_sent_counts_against_caps(archive: Archive) -> None:
    await archive.run_sql('UPDATE account SET settings = CAST(\'{"caps": {"all": "1/7d"}}\' AS jsonb)')
    capped = await archive.customer("capped", email="a@example.com", plan="pro")
    archive.event(capped, "Go", HOUR)
    await archive.message(capped, -DAY)
    result, people = await tried(archive)
    assert sent(people[capped]) == []
    assert result.draft.held == {("hello", "skip", "caps"): 1, ("bye", "skip", "caps"): 1}


async def test_scores_are_counted_back_and_forth_again(archive: Archive) -> None:
    who = await archive.customer("scored", score=50, email="a@example.com")
    archive.event(who, "Go", HOUR)
    archive.event(who, "Score Changed", DAY, kind="internal", source="journey", change=30, score=50, journey="other")
    archive.event(who, "Go", 2 * DAY)
    _, people = await tried(archive, JOURNEY.replace("{plan: pro}", "{score: {gte: 40}}"))
    assert [course.entered_at - START for course in people[who].draft] == [2 * DAY]


async def test_a_run_from_before_the_window_stands_in_the_way_until_its_recorded_end(archive: Archive) -> None:
    who = await archive.customer("under-way", email="a@example.com", plan="pro")
    archive.event(who, "Go", HOUR)
    archive.event(who, "Go", 3 * DAY)
    await archive.run(who, uuid4(), -DAY, DAY)
    result, people = await tried(archive, JOURNEY.replace(", again: always", ""))
    assert [course.entered_at - START for course in people[who].draft] == [3 * DAY]
    assert result.draft.misses == {("repeat",): 1}


async def test_a_reaction_counts_only_for_a_message_that_the_draft_has_sent(archive: Archive) -> None:
    journey = """
journey: greet
entry: {event: Go}
steps:
  - {id: hello, send: email/hello}
  - id: clicks
    wait_for: {reaction: clicked, to: hello, within: 7d}
    then: [{id: bye, send: email/bye}]
"""
    who = await archive.customer("clicker", email="a@example.com")
    event = archive.event(who, "Go", HOUR)
    await archive.save()
    _, people = await tried(archive, journey)
    [course] = people[who].draft
    assert course.event == str(event)
    for step, template in (("hello", "hello"), ("hello", "another")):
        told = {"run_id": str(course.run), "step": step, "template": template, "channel": "email", "machine": False}
        await archive.run_sql("DELETE FROM event WHERE name = 'Message Clicked'")
        archive.event(who, "Message Clicked", DAY, kind="internal", source="reactions", **told)
        await archive.run(who, course.run, HOUR, event=str(event))
        await archive.save()
        result, everybody = await backtest(archive.db, "greet", START, until=START + 30 * DAY)
        expected = 2 if template == "hello" else 1
        assert [len(one.sent) for person in everybody for one in person.draft] == [expected]
        assert result.draft.unknown["reactions_without_message",] == 2 - expected


async def test_nothing_is_written(archive: Archive) -> None:
    who = await archive.customer("somebody", email="a@example.com", plan="pro")
    archive.event(who, "Go", HOUR)
    await tried(archive)
    async with archive.db.transaction() as tx:
        counts = "SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM message), (SELECT count(*) FROM decision)"
        assert tuple((await tx.execute(text(counts))).one()) == (0, 0, 0)
