"""Settings: where they are written, what each may say, and what follows from them."""
