"""How a rule is read from a document: places, tests, conditions and questions. `domain.rules.parse` is the way in."""
