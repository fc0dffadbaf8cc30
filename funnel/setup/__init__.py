"""`funnel setup`: what is asked, checked and done until the first own number is there."""
