"""Jobs in the database about all webinars, run by timers."""
