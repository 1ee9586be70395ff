"""Bluesky: posts that mention, answer or quote us, and its chat."""
