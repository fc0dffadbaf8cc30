"""The command `funnel`: options and output."""
