"""Fan ready bytes out to WebSocket clients; knows no domain type."""
