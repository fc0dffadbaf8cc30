"""Small sample files about invented people, for a first try. Made by `python -m connectors.samples`."""
