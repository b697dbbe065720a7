"""Thin Flask: one blueprint a resource, and what goes around every answer."""
