"""Typeform: forms that people register with, in the order in which a delivery meets the files.

settings    what it is configured with
webhook     the signature, then the mapping (pure)
mapping     form_response -> a registration that still needs its webinar, or a rejection (pure)
connector   what this package offers to the server and the command line
"""
