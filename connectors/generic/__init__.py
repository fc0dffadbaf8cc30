"""Any form service, by a small file that says where its payload holds what; in the order in which a delivery meets it.

settings      where the files are, and the secrets of each form service
load          a YAML file, or a ready one (services) -> its description, or an error that names file and line
describe      what such a file may say, as models (pure)
webhook       the token or signature, then the mapping; the answer to a service that tries the address (pure)
signature     whether a delivery is signed as its service signs (pure)
mapping       a payload by its description -> registrations, or rejections (pure)
path          where in a payload something stands (pure)
submitted_at  a time as the service writes it -> an instant (pure)
missing       what a rejection says of a field that is not there (pure)
connector     what this package offers to the server and the command line
"""
