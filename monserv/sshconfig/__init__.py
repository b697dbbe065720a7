"""What ``~/.ssh/config`` says of a server, read as ``ssh`` reads it; nothing is executed.

paramiko has a reader of its own. It runs what ``Match exec`` says, asks the resolver for
this machine's name at each lookup, takes criteria that it does not know for true, knows no
``Include`` and names no line, so this one stands beside it.
"""
