"""Rules on a page as a whole: its tags, its basket and the payment before it."""
