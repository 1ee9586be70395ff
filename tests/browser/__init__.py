"""Journeys of people at the desk, in a real Chromium."""
