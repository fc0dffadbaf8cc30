"""Answers as files and sheets for others."""
