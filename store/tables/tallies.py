"""How many runs and messages there are, by state: rows are differences, written by triggers (migration 0010)."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table
from sqlmodel import SQLModel

run_tally = Table(
    "run_tally",
    SQLModel.metadata,
    Column("journey_id", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("shadow", Boolean, nullable=False),
    Column("status", String, nullable=False),
    Column("step", String),
    Column("change", BigInteger, nullable=False),
)
"""`step` is null for runs that have ended."""

message_tally = Table(
    "message_tally",
    SQLModel.metadata,
    Column("state", String, nullable=False),
    Column("change", BigInteger, nullable=False),
)
