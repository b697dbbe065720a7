"""The channels, one a file and all of the same shape: what people may know, and an object."""
