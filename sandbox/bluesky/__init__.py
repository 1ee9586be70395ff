"""Bluesky as a personal data server speaks it: records, notifications, chat (contract section 7)."""
