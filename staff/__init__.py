"""Who works here: members, roles, presence and shifts."""
