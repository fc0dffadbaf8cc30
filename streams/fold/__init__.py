"""Events folded into the states of people and webinars, and these made rows. Pure; builds on the contract alone."""
