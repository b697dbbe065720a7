"""Pure decisions about alerts: what is measured, against what, and what changed."""
