"""One provider a file behind one Protocol (`protocol.py`), named medium_provider: email_smtp, sms_twilio."""
