"""Events in: read, check, make one shape of six, commit, answer."""
