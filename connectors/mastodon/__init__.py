"""Mastodon: posts that mention us, and private mentions, on any server that speaks its interface."""
