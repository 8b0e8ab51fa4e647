"""Drives esxtool against peers that nobody of this project wrote, and they drive it."""
