"""The examples of docs/proxy, run by the real programs on loopback, with a certificate of an authority of the tests."""

import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from funnel.stack.ports import free_port, is_listening
from tests.layers.sources import ROOT
from tests.servers.processes import end
from tests.waiting import until

NAME = "localhost"


class Certificate(NamedTuple):
    """Of NAME, and whom to trust for it."""

    chain: Path
    key: Path
    authorities: ssl.SSLContext


def certificate(folder: Path, days: int = 90) -> Certificate:
    """A new authority and a certificate of it, valid for so many days from now."""
    now = datetime.now(UTC)
    keys = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("tests", NAME)]
    made = []
    for number in (0, 1):
        builder = (
            x509.CertificateBuilder()
            .subject_name(names[number])
            .issuer_name(names[0])
            .public_key(keys[number].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=400))
            .not_valid_after(now + timedelta(days=days if number else 900))
            .add_extension(x509.BasicConstraints(ca=number == 0, path_length=None), critical=True)
        )
        if number:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        made.append(builder.sign(keys[0], hashes.SHA256()))
    pem = [one.public_bytes(serialization.Encoding.PEM) for one in made]
    chain, key = folder / "fullchain.pem", folder / "privkey.pem"
    chain.write_bytes(pem[1] + pem[0])
    unlocked = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    key.write_bytes(keys[1].private_bytes(serialization.Encoding.PEM, form, unlocked))
    return Certificate(chain, key, ssl.create_default_context(cadata=pem[0].decode()))


def program(name: str) -> str | None:
    """nginx or caddy: on PATH, or where NGINX or CADDY says."""
    return os.environ.get(name.upper()) or shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


@contextmanager
def nginx(folder: Path, behind: int, of: Certificate, allow: str = "") -> Iterator[int]:
    """docs/proxy/nginx.conf before the port `behind`. Yields its own port."""
    port, plain = free_port(), free_port()
    text = (ROOT / "docs/proxy/nginx.conf").read_text()
    (folder / "allow").mkdir()
    if allow:
        (folder / "allow" / "zoom.conf").write_text(allow)
    replaced = {
        "hooks.example.org;": f"{NAME};",
        "    listen [::]:443 ssl;\n": "",
        "    listen [::]:80;\n": "",
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "/etc/letsencrypt/live/hooks.example.org/fullchain.pem": str(of.chain),
        "/etc/letsencrypt/live/hooks.example.org/privkey.pem": str(of.key),
        "/etc/nginx/funnel-allow": str(folder / "allow"),
        "127.0.0.1:8090": f"127.0.0.1:{behind}",
    }
    site = folder / "funnel.conf"
    site.write_text(_with(text, replaced))
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    user = "user root;\n" if os.geteuid() == 0 else ""
    main.write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nworker_processes 1;\nevents {{}}\n"
        f"http {{\n{temporary}include {site};\n}}\n"
    )
    with _running([str(program("nginx")), "-p", str(folder), "-c", str(main)], folder, port):
        yield port


@contextmanager
def caddy(folder: Path, behind: int, of: Certificate, allow: str = "") -> Iterator[int]:
    """The same with docs/proxy/Caddyfile."""
    port, plain = free_port(), free_port()
    replaced = {
        "hooks.example.org {": f"{NAME}:{port} {{\n\ttls {of.chain} {of.key}\n\tbind 127.0.0.1",
        "127.0.0.1:8090": f"127.0.0.1:{behind}",
        **({"remote_ip 0.0.0.0/0 ::/0": f"remote_ip {allow}"} if allow else {}),
    }
    head = f"{{\n\tadmin off\n\tauto_https disable_redirects\n\thttp_port {plain}\n\thttps_port {port}\n}}\n"
    site = folder / "Caddyfile"
    site.write_text(head + _with((ROOT / "docs/proxy/Caddyfile").read_text(), replaced))
    command = [str(program("caddy")), "run", "--adapter", "caddyfile", "--config", str(site)]
    with _running(command, folder, port):
        yield port


def _with(text: str, replaced: dict[str, str]) -> str:
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    log = folder / "log"
    environment = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment)
    try:
        until(lambda: process.poll() is not None or is_listening(port), "the proxy listens")
        assert process.poll() is None, log.read_text() + (folder / "error.log").read_text()
        yield
    finally:
        end(process)
