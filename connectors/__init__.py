"""Accounts on the channels: collecting what the public writes, delivering what the desk answers."""
