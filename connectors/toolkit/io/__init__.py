"""What of the toolkit asks a service or reads a file."""
