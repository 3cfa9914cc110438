"""What `make up` prints once everything runs."""

from rich.console import Console
from rich.table import Table

from runtime.stack.plan import Plan

LABELS = {
    "port": "the API",
    "temporal_port": "Temporal",
    "ui_port": "Temporal's Web UI",
    "inbox_port": "the inbox",
    "inbox_smtp_port": "the inbox (SMTP)",
    "phone_port": "the telephone",
    "postgres_port": "PostgreSQL",
}


def show_summary(console: Console, plan: Plan) -> None:
    """The addresses, the ports that had to move, and what to try next."""
    table = Table(title="Sojourn is running", title_justify="left", show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("API", f"{plan.url}/docs")
    table.add_row("Temporal Web UI", plan.temporal_ui_url or plan.temporal_address)
    table.add_row("Inbox", plan.inbox_url)
    table.add_row("Telephone (SMS)", plan.phone_url or "your Twilio account")
    table.add_row("Inbox SMTP", f"127.0.0.1:{plan.ports['inbox_smtp_port']}")
    table.add_row(
        "PostgreSQL", f"127.0.0.1:{plan.ports['postgres_port']}" if plan.own_database else "from DATABASE_URL"
    )
    table.add_row("Keys and addresses", str(plan.home.dev_env))
    table.add_row("Logs", f"{plan.home.logs}/")
    console.print(table)
    for name, wished in plan.ports.moved.items():
        console.print(f"Port {wished} is busy: {LABELS[name]} took {plan.ports[name]}.")
    console.print("\nTry next, in another terminal:\n")
    console.print(f"  . {plan.home.dev_env}")
    console.print(
        '  curl -u "$SOJOURN_WRITE_KEY:" "$SOJOURN_URL/v1/identify" -H "Content-Type: application/json" '
        """-d '{"userId": "ann", "traits": {"email": "ann@example.com", "first_name": "Ann"}}'""",
        markup=False,
    )
    console.print(
        '  curl -u "$SOJOURN_WRITE_KEY:" "$SOJOURN_URL/v1/track" -H "Content-Type: application/json" '
        """-d '{"userId": "ann", "event": "Whitepaper Downloaded", "properties": {"title": "Watering by automation"}}'""",
        markup=False,
    )
    console.print("\nThen look into the inbox. Ctrl-C stops everything; the data stays.")
