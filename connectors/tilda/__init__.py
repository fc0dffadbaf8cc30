"""Tilda: forms on landing pages, in the order in which a delivery meets the files.

settings    what it is configured with
webhook     the token, Tilda's test request, then the mapping (pure)
fields      which of the form's fields, named as its author liked, is which (pure)
mapping     a submitted form -> a registration that still needs its webinar, or a rejection (pure)
connector   what this package offers to the server and the command line
"""
