"""Steps that change the customer, decide, and call out."""

from tests.replay.plays.stage import Stage, play


@play("exit:seen")
async def changing(stage: Stage) -> None:
    await stage.world.admin.put("/v1/topics/news", json={"title": "News"})
    await stage.open(
        "changing",
        """
  - {id: mark, set: {lifecycle: engaged, last_code: {ref: event.code}}, add_tags: [active, new]}
  - {id: visit, increment: {visits: 1}}
  - {id: untag, remove_tags: new}
  - {id: points, score: +20}
  - {id: anew, score: {set: 5, reason: Counted anew}}
  - {id: sub, subscribe: news}
  - {id: unsub, unsubscribe: news}
  - {note: Nothing happens here.}
  - id: which
    branch:
      - {if: {plan: free}, steps: [{id: free, exit: free}]}
      - {if: {lifecycle: engaged}, steps: [{id: seen, exit: seen}]}
""",
    )


@play()
async def branching(stage: Stage) -> None:
    await stage.open(
        "branching",
        """
  - {id: by-plan, branch: {by: plan, cases: {free: [{id: free, exit: free}]}, else: [{id: paid, add_tags: paid}]}}
  - id: arms
    split: {a: {weight: 50, steps: [{id: a, add_tags: a}]}, b: {weight: 50, steps: [{id: b, add_tags: b}]}}
  - {id: hello, send: email/hello}
""",
    )


@play("exit:gold")
async def calling_out(stage: Stage) -> None:
    await stage.open(
        "calling-out",
        f"""
  - id: call
    webhook: {{url: "{stage.receiver.url}/leads", data: {{code: {{ref: event.code}}}}, as: lead}}
    else: [{{id: refused, exit: refused}}]
  - {{id: tell, notify: {{email: sales@example.com, text: Somebody came.}}}}
  - {{id: chat, notify: {{webhook: "{stage.receiver.url}/chat", text: Somebody came.}}}}
  - {{id: tier, branch: [{{if: {{run.lead.tier: {{exists: true}}}}, steps: [{{id: gold, exit: gold}}]}}]}}
""",
    )


@play("exit:refused")
async def called_in_vain(stage: Stage) -> None:
    stage.receiver.status = 422
    steps = f"""
  - id: call
    webhook: "{stage.receiver.url}/leads"
    else: [{{id: refused, exit: refused}}]
"""
    await stage.open("called-in-vain", steps)


@play()
async def held_out(stage: Stage) -> None:
    steps = """
  - {id: hello, send: email/hello}
  - {id: points, score: +20}
  - {id: call, webhook: "https://crm.example.com"}
"""
    await stage.open("held-out", steps, "entry: {event: Begun, holdout: 99.9999%}\n")
