"""What a person did in a browser → a scenario a person can read. Pure: no browser, no files."""
