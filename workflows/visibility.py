"""What operators see of a run in Temporal's Web UI: ids and times, never a person's data."""

from temporalio.common import SearchAttributeKey

JOURNEY_ID = SearchAttributeKey.for_keyword("JourneyId")
JOURNEY_VERSION = SearchAttributeKey.for_int("JourneyVersion")
CUSTOMER_ID = SearchAttributeKey.for_keyword("CustomerId")
PARKED = SearchAttributeKey.for_bool("Parked")
