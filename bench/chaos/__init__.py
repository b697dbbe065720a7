"""Clients that come, stall, flood and go for ten minutes: what is left is what the server has."""
