"""Playing the steps of a scenario: finding elements, acting on them, explaining what failed."""
