"""docs/decisions/0007: what a view reads is put into its text."""

from pathlib import Path

from clickhouse.inline import ALSO, CURRENT, OF_PEOPLE, in_order, inlined
from clickhouse.migrate import views

AT = "(at = {at:DateTime64(3, 'UTC')})"
ONE = f"CREATE OR REPLACE VIEW one_at AS\nSELECT k FROM t WHERE k < {AT}"

FORMER = {path.stem for path in Path("clickhouse/views/former").glob("*.sql")}


def made(*statements: str) -> list[str]:
    return [statement.partition(" AS\n")[2] for statement in inlined(list(statements))]


def test_a_view_that_reads_tables_only_stays_as_it_is() -> None:
    assert inlined([ONE]) == [ONE]


def test_a_view_is_read_under_its_own_name_or_the_given_one() -> None:
    two = f"CREATE OR REPLACE VIEW two_at AS\nSELECT k FROM one_at{AT} AS a INNER JOIN one_at{AT} ON a.k = one_at.k"
    inner = ONE.partition(" AS\n")[2]
    expected = f"SELECT k FROM (\n{inner}\n) AS a INNER JOIN (\n{inner}\n) AS one_at ON a.k = one_at.k"
    assert made(ONE, two)[1] == expected


def test_views_of_views_are_inlined_to_the_ground_and_later_ones_are_left() -> None:
    two = f"CREATE OR REPLACE VIEW two_at AS\nSELECT k FROM one_at{AT} WHERE k IN (SELECT k FROM later{AT})"
    three = f"CREATE OR REPLACE VIEW three_at AS\nSELECT k FROM two_at{AT}"
    text = made(ONE, two, three)[2]
    assert f"FROM later{AT}" in text
    assert "one_at(" not in text
    assert "two_at(" not in text


def test_a_view_without_a_moment_is_inlined_too() -> None:
    plain = "CREATE OR REPLACE VIEW usual AS\nSELECT k FROM t FINAL"
    two = "CREATE OR REPLACE VIEW two AS\nSELECT k FROM usual\nWHERE k IN (SELECT k FROM usual)"
    assert made(plain, two)[1].count("SELECT k FROM t FINAL") == 2


def test_no_committed_view_is_left_with_another_view_in_it() -> None:
    texts = {text.split()[4]: text for text in inlined([statement for _, statement in views()])}
    assert {"webinars_at", *OF_PEOPLE, *OF_PEOPLE.values()} <= texts.keys()
    # A former name is all of the present one.
    read = [(name, other) for name, text in texts.items() for other in texts if f" {other}(" in text]
    assert [pair for pair in read if pair[0] not in FORMER] == []


def test_what_is_made_of_persons_is_made_of_those_of_people_too() -> None:
    made = {
        text.split()[4]: text
        for text in inlined(
            [
                f"CREATE OR REPLACE VIEW {name} AS\nSELECT {query}"
                for name, query in {
                    "persons_at": "n FROM persons",
                    "persons_of_people_at": f"n FROM persons_at{AT} WHERE p = {{people:String}}",
                    "computed_counts_at": f"sum(n) FROM persons_at{AT}",
                    "counted_at": f"n FROM settled UNION ALL SELECT n FROM computed_counts_at{AT}",
                    "counted_of_people_at": f"n FROM computed_counts_at{AT}",
                    "counts_at": f"sum(n) FROM counted_at{AT}",
                    "numbers_at": f"* FROM counts_at{AT}",
                }.items()
            ]
        )
    }
    assert "FROM settled" in made["numbers_at"]
    assert "{people:String}" not in made["numbers_at"]
    assert "FROM settled" not in made["numbers_of_people_at"]
    assert made["numbers_of_people_at"].count("{people:String}") == 1
    assert "sum(n)" in made["numbers_of_people_at"]


def test_what_stands_in_for_a_view_is_made_after_it_and_before_those_that_read_it() -> None:
    made = {
        f"{name}": f"CREATE OR REPLACE VIEW {name} AS\nSELECT {query}"
        for name, query in {
            "a_reader": f"n FROM counted_at{AT}",
            "counted_of_people_at": f"n FROM persons_at{AT}",
            "counted_at": f"n FROM persons_at{AT}",
            "persons_of_people_at": f"n FROM persons_at{AT}",
            "persons_at": "n FROM persons",
        }.items()
    }
    assert in_order(made) == ["persons_at", "persons_of_people_at", "counted_at", "counted_of_people_at", "a_reader"]
    assert in_order(dict(reversed(made.items()))) == in_order(made)


def test_what_is_kept_of_the_present_is_named_like_the_view_that_computes_it() -> None:
    assert {path.stem for path in Path("clickhouse/views/current").glob("*_now.sql")} == {
        f"{one}_now" for one in CURRENT
    }
    texts = {statement.split()[4] for statement in inlined([statement for _, statement in views()])}
    assert {f"{one}_at" for one in CURRENT} <= texts
    assert set(ALSO) <= CURRENT
