"""Whether a conversion has dropped, and why. Pure."""
