"""Settings from all their sources, and the environment and variables of a scenario."""
