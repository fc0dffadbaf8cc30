"""Descriptions of well-known form services, each as its service documents its payload (docs/services/generic.md)."""
