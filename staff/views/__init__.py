"""The pages about staff and the trail."""
