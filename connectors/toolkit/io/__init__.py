"""The parts of the toolkit that call a service or read a file."""
