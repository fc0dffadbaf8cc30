"""What the connectors of several services need: reading, cleaning and naming. Pure, but for io/."""
