"""Addresses are found by their hash: what a page sends as somebody's address may be longer than a b-tree takes."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP INDEX customer_email")
    op.execute("DROP INDEX customer_phone")
    op.execute("CREATE INDEX customer_email ON customer USING hash (lower(attributes ->> 'email'))")
    op.execute("CREATE INDEX customer_phone ON customer USING hash ((attributes ->> 'phone'))")
