"""A seeded population walks several journeys while things break; afterwards the books must balance."""
