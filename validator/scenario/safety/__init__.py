"""Safety of real orders: which step places one, allowed hosts, real money, sensitive fields."""
