"""What every process of ours does alike: its sign of life, files replaced as a whole, limits of its server."""
