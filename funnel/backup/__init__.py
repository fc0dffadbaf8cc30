"""`funnel backup` and `funnel restore`: a copy of all that is held, taken while it runs, and put back."""
