"""exclusions.yaml: email domains whose people are left out of every number, such as the company's own. Pure."""

import unicodedata
from collections.abc import Mapping

from connectors.business.catalogue import needs_secret
from connectors.toolkit.email_address import ascii_domain
from connectors.toolkit.identity import email_domain_id
from connectors.toolkit.marked import FileModel, Marked, Place, check


class File(FileModel):
    """exclusions.yaml."""

    domains: tuple[str, ...] = ()


def excluded_domains(marked: Marked, secret: str | None) -> Mapping[str, Place]:
    """domain_id -> its place in the file. `secret`: the key of the hashes; None: not set. Raises FileError."""
    found: dict[str, Place] = {}
    for number, said in enumerate(check(marked, File).domains):
        path = ("domains", number)
        domain = said.strip().lower().removeprefix("@")
        in_ascii = ascii_domain(domain)
        if "@" in domain or "." not in domain or " " in domain or in_ascii is None:
            raise marked.error(path, "no domain, such as example.com; a person's address does not belong here")
        if "*" in domain:
            raise marked.error(path, "write every domain in full: only hashes are stored, which match no patterns")
        if secret is None:
            raise needs_secret(marked, path)
        # Events from before decision 0032 carry the hash of the domain's Unicode form.
        for form in (in_ascii, unicodedata.normalize("NFKC", domain)):
            found[email_domain_id(f"@{form}", secret)] = marked.place(*path)
    return found
