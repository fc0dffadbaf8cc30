"""Dashboards into a Grafana elsewhere, over HTTP."""

from collections.abc import Iterator

import pytest

from funnel.stack.grafana.upload import UploadError, upload
from funnel.stack.ports import free_port
from grafana.build import rendered
from tests.funnel.stack.grafana.api import TOKEN, Api, api

Elsewhere = tuple[str, type[Api]]


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with api() as there:
        yield there


def test_folders_and_all_dashboards_are_there_afterwards(elsewhere: Elsewhere) -> None:
    address, held = elsewhere
    assert upload(address, TOKEN) == len(rendered()) + 1 == len(held.dashboards)
    assert held.folders == {"webinars": "Webinars", "data-health-folder": "Data health", "team": "Team"}
    folders = {uid: body["folderUid"] for uid, body in held.dashboards.items()}
    apart = {"data-health": "data-health-folder", "team-pages": "team"}
    assert folders == {uid: apart.get(uid, "webinars") for uid in folders}
    assert held.dashboards["today"]["dashboard"]["panels"]


def test_sent_again_they_replace_what_was_there(elsewhere: Elsewhere) -> None:
    address, held = elsewhere
    upload(address, TOKEN)
    assert held.dashboards["team-pages"]["folderUid"] == "team"
    held.dashboards |= {"today": {}, "team-pages": {"changed": "by people"}}
    upload(address, TOKEN)
    assert held.dashboards["today"]["dashboard"]["uid"] == "today"
    assert held.dashboards["team-pages"] == {"changed": "by people"}


def test_a_wrong_token_is_said_with_what_it_has_to_allow(elsewhere: Elsewhere) -> None:
    address, held = elsewhere
    with pytest.raises(UploadError, match=r"refuses FUNNEL_GRAFANA_TOKEN \(401 .*write folders and dashboards"):
        upload(address, "wrong")
    assert held.dashboards == {}


def test_without_the_data_source_nothing_is_sent(elsewhere: Elsewhere) -> None:
    address, held = elsewhere
    held.sources.clear()
    with pytest.raises(UploadError, match=r"no data source with the uid clickhouse: provision it with grafana/prov"):
        upload(address, TOKEN)
    assert (held.folders, held.dashboards) == ({}, {})


def test_what_it_does_not_take_is_said_in_its_words(elsewhere: Elsewhere) -> None:
    address, held = elsewhere
    held.provisioned.add("today")
    with pytest.raises(UploadError, match=r"400 to POST /api/dashboards/db: Cannot save provisioned dashboard"):
        upload(address, TOKEN)


def test_one_that_does_not_answer() -> None:
    with pytest.raises(UploadError, match="it does not answer"):
        upload(f"http://127.0.0.1:{free_port()}", TOKEN)
