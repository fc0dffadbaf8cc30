"""Any form service, by a small file that says where its payload holds what; in the order in which a delivery meets it.

settings    where the files are, and the secrets of each form service
load        a YAML file -> its description, or an error that names file and line
describe    what such a file may say, as models (pure)
mapping     a payload by its description -> a registration, or a rejection (pure)
webhook     the token or signature, then the mapping (pure)
connector   what this package offers to the server and the command line
"""
