-- {never}: the instant of what has not happened, or never will, ms since 1970 UTC; contract/instants.py, FAR_FUTURE.
9999999999999
