"""The shapes of REST, declared: units, meanings, examples, and what a query may hold."""
