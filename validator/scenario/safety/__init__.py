"""Orders are real: where a scenario may go, what it may pay with, what must stay secret."""
