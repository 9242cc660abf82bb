"""What a JSON Schema cannot say of a tag: one file a family, one table of all rules."""
