"""Any form service, described by a small file that says where each value is in its payload. In a delivery's order:

settings      where the files are, and the secrets of each form service
load          a YAML file, or a built-in one (services) -> its description, or an error that names file and line
describe      what such a file may hold, as models (pure)
webhook       the token or signature, then the mapping; the answer to a service that checks the address (pure)
signature     whether a delivery's signature is valid (pure)
mapping       a payload by its description -> registrations, or rejections (pure)
path          where in a payload a value is (pure)
submitted_at  a time as the service writes it -> an instant (pure)
missing       what a rejection says about a missing field (pure)
connector     what this package offers to the server and the command line
"""
