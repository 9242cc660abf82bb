"""What a page requests: recorded, answered here, or refused. No step and no tag is known here."""
