"""Three readings of the same generated tags, made apart from each other, must agree."""
