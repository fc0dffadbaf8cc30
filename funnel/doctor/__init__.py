"""`funnel doctor`: what will hurt later. What does not work now is for `funnel status` to say."""
