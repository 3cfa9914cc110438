"""How rules in SQL read instants and zones: the twins of `domain.calendar.parse_instant` and `zone_of`.

Functions, because as an expression each step would have to be written out at every place that uses its result.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

INSTANT_OF = r"""
CREATE FUNCTION instant_of(value jsonb, zone text) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $body$
DECLARE
    exact text := regexp_replace(value #>> '{}', '([.][0-9]{6})[0-9]+', '\1');
    clock timestamp;
    moment timestamptz;
    earlier timestamptz;
BEGIN
    IF jsonb_typeof(value) <> 'string' OR value #>> '{}' !~ ('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
        '([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])?)?$')
        OR NOT pg_input_is_valid(exact, 'timestamptz')
    THEN
        RETURN NULL;
    END IF;
    IF exact ~ '[T ].*(Z|[+-][0-9]{2}:?[0-9]{2})$' THEN
        moment := CAST(exact AS timestamptz);
    ELSE
        -- Of two instants PostgreSQL takes the second, so the offset of the day before is tried as well (RFC 5545).
        clock := CAST(exact AS timestamp);
        moment := clock AT TIME ZONE zone;
        earlier := moment - interval '1 day';
        earlier := (clock - (earlier AT TIME ZONE zone - earlier AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC';
        IF earlier < moment AND earlier AT TIME ZONE zone = clock THEN
            moment := earlier;
        END IF;
    END IF;
    RETURN greatest('0001-01-01 00:00Z', least('9999-12-31 23:59:59.999999Z', moment));
END
$body$
"""

ZONE_OF = """
CREATE FUNCTION zone_of(attributes jsonb, names text[], otherwise text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $body$
    SELECT CASE
        WHEN attributes ->> 'timezone' = ANY(names)
            -- a zone that this server has not heard of must not fail the query
            AND pg_input_is_valid('2000-01-01 00:00 ' || (attributes ->> 'timezone'), 'timestamptz')
        THEN attributes ->> 'timezone'
        ELSE otherwise
    END
$body$
"""


def upgrade() -> None:
    for statement in (INSTANT_OF, ZONE_OF):
        op.get_bind().exec_driver_sql(statement)
