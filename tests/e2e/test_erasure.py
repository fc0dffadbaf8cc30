"""`funnel forget`: no file names the person any more, and the numbers are as if it had never been there."""

import pytest

from tests.e2e.forgotten import forget_everywhere
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.kafka, pytest.mark.system]


def test_a_forgotten_person_is_found_in_no_file_and_in_no_number(stack: Stack) -> None:
    said = forget_everywhere(stack)
    assert said[0].startswith("connectors: ")
    assert [line.partition(":")[0] for line in said[1:]] == ["numbers", "Kafka", "ClickHouse"]
