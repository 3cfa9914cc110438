"""Readers of what comes from outside, each as a function of bytes: what they may raise is their contract.

`make fuzz` feeds them with what a coverage-guided fuzzer makes up (`python -m tests.abuse.fuzz NAME`), starting from `corpus/`;
tests/abuse/test_corpus.py feeds them the corpus itself. What the fuzzer finds is added there.
"""
