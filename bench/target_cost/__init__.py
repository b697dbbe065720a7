"""What watching costs the watched server: monserv's session beside agents that run there."""
