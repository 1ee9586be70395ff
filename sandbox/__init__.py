"""The world outside the desk, on this machine: X, the Graph API and a mail provider over real sockets.

Run it with `python -m sandbox`. It imports nothing of the desk and never runs in production.
"""
