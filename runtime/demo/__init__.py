"""The demo: a small shop whose customers walk the example journeys, and a judge who knows what each of them must get."""
