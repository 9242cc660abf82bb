"""What is drawn in or asked of a terminal while a command runs; reports belong to `report`."""
