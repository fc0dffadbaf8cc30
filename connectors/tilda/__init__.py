"""Tilda: forms on landing pages, in the order in which a delivery passes through the files.

settings    its settings
webhook     the token, Tilda's test request, then the mapping (pure)
fields      which of the form's freely named fields is which (pure)
mapping     a submitted form -> a registration that still needs its webinar, or a rejection (pure)
connector   what this package offers to the server and the command line
"""
