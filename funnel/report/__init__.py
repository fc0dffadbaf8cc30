"""Output: the numbers in the terminal, recomputed, compared, and live."""
