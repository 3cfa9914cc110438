"""What follows from applied events: who enters, who is woken, who leaves."""
