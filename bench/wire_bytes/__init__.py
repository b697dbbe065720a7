"""How many bytes a second a client is sent."""
