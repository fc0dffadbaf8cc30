"""Which licences need a reader."""

from email.message import Message

import pytest

from tests.audit.licences import installed, is_permissive, others, stated


@pytest.mark.parametrize(
    ("licence", "permissive"),
    [
        ("MIT", True),
        ("BSD License", True),
        ("Apache-2.0 AND MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("MIT OR GPL-3.0-only", True),
        ("Apache Software License; MIT License", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("MIT License; GNU Affero General Public License v3", False),
        ("", False),
    ],
)
def test_a_licence_is_permissive_in_every_part(licence: str, permissive: bool) -> None:
    assert is_permissive(licence) is permissive


def test_packages_that_somebody_has_to_read() -> None:
    strict, silent = Message(), Message()
    strict["Name"], strict["License"] = "strict", "AGPL\nVersion 3"
    silent["Name"] = "silent"
    assert stated(strict) == "AGPL"
    assert others([strict, silent]) == ["silent: states none", "strict: AGPL"]


def test_everything_installed_here_may_be_passed_on() -> None:
    assert others(installed()) == []
