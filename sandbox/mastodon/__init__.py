"""Mastodon as one server speaks it: statuses, notifications, media (contract section 8)."""
