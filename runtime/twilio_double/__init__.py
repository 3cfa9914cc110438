"""A stateful double of Twilio's Messages API on loopback, for tests and the demo. No message leaves the machine.

It speaks the documented protocol: Basic auth, error codes, the test numbers, signed call-backs, opt-out by STOP.
"""
