"""X: mentions, replies and private messages of one account."""
