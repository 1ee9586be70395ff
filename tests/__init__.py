"""What the desk promises, as sentences."""
