"""The shop's orders against the purchases that Connectif recorded: what is missing, and why."""
