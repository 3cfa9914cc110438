"""An SMTP server for development that keeps what it gets, with a small web page and a JSON API. It delivers nothing."""
