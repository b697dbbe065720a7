"""Frozen values that cross folder and thread borders; standard library only."""
