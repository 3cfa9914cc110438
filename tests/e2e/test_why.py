"""Why, told of runs that really ran: what routing, workflow and activities wrote, as sentences."""

from typing import Any

from sqlalchemy import text

from domain.ids import workflow_id
from routing.audit import Books, audit
from tests.fixtures.world import World

CART = """
journey: cart
entry: {event: Cart Updated, where: {value: {gte: 50}}, again: never}
steps:
  - id: which
    branch:
      - if: {plan: pro}
        steps: [{id: thanks, send: email/thanks}]
      - else: [{id: nothing, exit: not-pro}]
  - {id: listen, wait_for: {event: Order Completed, within: 30d}}
"""


async def story(world: World, user: str, journey: str = "cart") -> dict[str, Any]:
    customer = (await world.admin.get("/v1/customers", params={"user_id": user})).json()["items"][0]
    answer = await world.admin.get(f"/v1/customers/{customer['id']}/explain", params={"journey": journey})
    assert answer.is_success, answer.text
    told: dict[str, Any] = answer.json()
    return told


def sentences(told: dict[str, Any]) -> list[str]:
    return [line["sentence"] for line in told["lines"]]


async def ready(world: World) -> None:
    await world.template("thanks")
    await world.publish(CART)


async def test_a_mail_is_explained_from_the_event_to_the_provider(world: World) -> None:
    await ready(world)
    await world.identify("ada", email=world.address("ada"), plan="pro", timezone="Europe/Berlin")
    await world.track("ada", "Cart Updated", value=80)
    await world.mails("ada", 1)
    await world.until(lambda: world.runs("cart", step="listen"), "run that listens")
    told = await story(world, "ada")
    entered, chose, checked, sent, listens = sentences(told)
    assert entered.startswith('Entered cart, version 1, because "Cart Updated" of ')
    assert entered.endswith(("CET arrived.", "CEST arrived."))
    assert chose == 'At which took the way case 1 (plan: "pro").'
    assert checked.startswith("Every check for thanks by email passed: ")
    assert sent.startswith('Handed over the email thanks (template version 1) to smtp, which answered "')
    assert listens.startswith('Listens at listen for "Order Completed", until ')
    assert told["answer"].startswith("Has entered cart once. The newest run, cart version 1, is at listen until ")


async def test_somebody_who_fell_short_of_the_trigger_is_told_why(world: World) -> None:
    await ready(world)
    await world.track("bob", "Cart Updated", value=20)
    await world.until(lambda: misses(world), "near miss")
    told = await story(world, "bob")
    assert told["answer"].startswith('Has never entered cart. Did not enter cart: "Cart Updated" of ')
    assert "20" in told["answer"]


async def misses(world: World) -> int:
    async with world.db.transaction() as tx:
        count: int = (await tx.execute(text("SELECT count(*) FROM decision WHERE kind = 'near_miss'"))).scalar_one()
    return count


async def test_a_send_that_was_held_back_names_the_check_that_failed(world: World) -> None:
    await ready(world)
    await world.identify("cleo", plan="pro")
    await world.track("cleo", "Cart Updated", value=80)
    await world.until(lambda: world.runs("cart", step="listen"), "run that listens")
    assert any(
        line.startswith("Did not send thanks by email: address (") for line in sentences(await story(world, "cleo"))
    )


async def test_operators_are_named_and_the_end_has_a_reason(world: World) -> None:
    await ready(world)
    await world.identify("dora", email=world.address("dora"), plan="pro")
    await world.track("dora", "Cart Updated", value=80)
    [run] = await world.until(lambda: world.runs("cart", step="listen"), "run that listens")
    for action in ("pause", "resume", "stop"):
        await world.insist(run["id"], action)
    await world.run_in("cart", "ended")
    told = sentences(await story(world, "dora"))
    assert any(line.startswith("sj_admin_") and line.endswith(" paused the run.") for line in told)
    assert told[-1].startswith("Ended: stopped by sj_admin_")
    refused = await world.order(run["id"], "resume")
    assert (refused.status_code, refused.json()["code"]) == (409, "run_ended")


async def test_the_books_balance_and_name_who_lives_on_one_side_only(world: World) -> None:
    await ready(world)
    await world.identify("emma", email=world.address("emma"), plan="pro")
    await world.track("emma", "Cart Updated", value=80)
    [run] = await world.until(lambda: world.runs("cart", step="listen"), "run that listens")
    books = await world.until(lambda: seen_by_both(world), "workflow in Temporal's list")
    assert [(book.journey, book.entered, book.running) for book in books.journeys] == [("cart", 1, 1)]
    assert books.balance
    await world.client.get_workflow_handle(workflow_id("cart", run["id"])).terminate()
    async with world.db.transaction() as tx:
        await tx.execute(
            text("UPDATE run SET entered_at = now() - interval '1 hour', started_at = now() - interval '1 hour'")
        )
    broken = await world.until(lambda: unbalanced(world), "difference")
    [missing] = broken.only_in_database
    assert (missing.workflow_id, str(missing.customer)) == (workflow_id("cart", run["id"]), run["customer_id"])


async def seen_by_both(world: World) -> Books | None:
    books = await audit(world.db, world.client, "cart")
    return books if books.living_in_temporal == books.living_in_database == 1 else None


async def unbalanced(world: World) -> Books | None:
    books = await audit(world.db, world.client)
    return None if books.balance else books
