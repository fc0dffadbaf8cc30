"""Shared by the connectors of several services: reading, cleaning and naming. Pure, except io/."""
