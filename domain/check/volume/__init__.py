"""How many messages a week can bring: the worst case over all ways through a journey, and over all journeys of one customer."""
