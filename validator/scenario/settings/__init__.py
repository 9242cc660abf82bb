"""Settings from every place that may state them, and the environment that a scenario sees."""
