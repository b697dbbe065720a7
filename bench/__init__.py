"""Benchmarks and soaks of monserv; bench/README.md says how each is run and read."""
