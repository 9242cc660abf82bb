"""Rules on the Connectif script: its installation, its settings and the events that it sends."""
