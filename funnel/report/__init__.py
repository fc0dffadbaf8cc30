"""Ways out: the numbers in the terminal, computed another way, compared, and watched live."""
