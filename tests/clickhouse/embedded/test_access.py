"""What the file of a real server says of its users; what the engine makes of it is in test_reach.py."""

from pathlib import Path

from clickhouse.embedded.access import read_access

USERS = """<clickhouse>
    <users>
        <default remove="remove"/>
        <one><profile>strict</profile><grants><query>GRANT SELECT ON funnel.*</query></grants></one>
        <two><grants><query>GRANT SYSTEM SHUTDOWN ON *.*</query></grants></two>
    </users>
    <profiles>
        <strict>
            <readonly>2</readonly><max_threads>4</max_threads><use_query_cache>1</use_query_cache>
            <constraints>
                <max_threads><max>8</max></max_threads>
                <max_execution_time><max>60</max><changeable_in_readonly/></max_execution_time>
            </constraints>
        </strict>
    </profiles>
</clickhouse>"""


def test_users_of_the_file_and_what_bounds_them(tmp_path: Path) -> None:
    (tmp_path / "users.xml").write_text(USERS)
    found = read_access(tmp_path / "users.xml", "elsewhere")
    assert found.keys() == {"one", "two"}
    one, two = found["one"], found["two"]
    assert (one.readonly, one.limits, one.bounds) == (True, {"max_threads": "4"}, {"max_execution_time": 60})
    assert (one.grants, one.administers) == (("GRANT SELECT ON elsewhere.*",), False)
    assert (two.readonly, two.limits, two.bounds, two.administers) == (False, {}, {}, True)
