"""The stored samples: what is written of them each minute, how it ages, how it is read."""
