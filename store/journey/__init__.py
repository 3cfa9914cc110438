"""What authors publish: journeys in versions, templates, the account; and the catalog that runs and routing read."""
