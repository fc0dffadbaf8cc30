"""The command `funnel`: options, and what is printed."""
