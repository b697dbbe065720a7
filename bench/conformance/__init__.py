"""What a public conformance suite says of our WebSocket."""
