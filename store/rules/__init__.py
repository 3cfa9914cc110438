"""Rules in SQL, by family of node. `customers_matching.py` is the way in; its Python twin is domain/rules/evaluate.py."""
