"""People, conversations, messages, claims, replies and escalations: the desk's own work."""
