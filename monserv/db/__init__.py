"""The journal of alerts: tables, one writer, queries. Only this package speaks SQL."""
