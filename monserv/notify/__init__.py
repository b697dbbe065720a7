"""Telling people: which channel hears of what and when, and how it gets there."""
