"""What a document is held to: JSON Schemas, named formats, the fields of a tag.

Reading YAML and JSON with places belongs here too. What a schema cannot say is a rule.
"""
