"""The shared definitions that every part relies on. Imports nothing of ours."""
