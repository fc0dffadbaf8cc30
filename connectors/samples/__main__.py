"""Writes the sample files: `python -m connectors.samples`."""

from pathlib import Path

from connectors.samples.make import sample_files

for name, content in sample_files().items():
    (Path(__file__).parent / name).write_bytes(content)
