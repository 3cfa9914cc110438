"""The checker: what is allowed and still worth a second look. Pure, and without a say at run time."""
