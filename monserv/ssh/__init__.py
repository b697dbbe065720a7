"""How a shell on a server is opened; the only importer of paramiko.

A session is a login; a shell on it is a stream of bytes. ``local`` opens the
same kind of shell on this machine, without SSH.
"""
