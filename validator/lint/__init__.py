"""What is wrong, or will be a nuisance, in scenarios, fragments and configuration: no browser."""
