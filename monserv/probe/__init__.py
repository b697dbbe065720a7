"""What is asked of a server and how the answer is read: pure text to values.

Nothing here does I/O, reads a clock or raises on odd text: a group that cannot
be read is ``None`` and a problem in words.
"""
