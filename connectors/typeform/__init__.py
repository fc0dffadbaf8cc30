"""Typeform: registration forms, in the order in which a delivery passes through the files.

settings    its settings
webhook     the signature, then the mapping (pure)
mapping     form_response -> a registration that still needs its webinar, or a rejection (pure)
connector   what this package offers to the server and the command line
"""
