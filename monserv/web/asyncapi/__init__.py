"""The WebSocket described: in AsyncAPI 3 for programs, and as a page for people."""
