"""Rules on a page as a whole: which tags it has, and how the customer came to it."""
