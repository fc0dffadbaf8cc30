"""Small sample files about invented people, for a first try. Written by `python -m connectors.samples`."""
