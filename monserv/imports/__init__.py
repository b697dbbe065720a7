"""Files that name servers, read as data: nothing in them is executed, followed or looked up.

A person hands over the text of ``~/.ssh/config`` or of an inventory of Ansible, and gets
candidates. Passwords that stand in it are told of, and not taken.
"""
