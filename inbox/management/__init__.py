"""The inbox's commands."""
