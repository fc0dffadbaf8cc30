"""Only what differs is written, above whatever is stored."""

from connectors.business.notes import notes
from connectors.business.sources import source_rules
from connectors.toolkit.marked import read
from funnel.business.lists import DomainRow, NoteRow, domain_rows, note_rows, source_rows
from streams.fold.lines import SourceRow

RULES = source_rules(
    read("rules:\n- {group: VK, when: {utm_source: vk}}\n- {group: Blog, when: {referrer_host: '*.a.example'}}\n", "s")
)
VK, MAIL = '{"utm_source":"vk"}', '{"utm_source":"Mail"}'
BLOG = '{"referrer":"https://x.A.example:80/p"}'


def test_a_source_gets_its_group_or_its_own_name_back() -> None:
    stored = [
        SourceRow(VK, "vk", False, 0),
        SourceRow(MAIL, "Letters", True, 7),
        SourceRow(BLOG, "Blog", True, 7),
        SourceRow("{}", "No source given", False, 0),
    ]
    assert list(source_rows(stored, RULES, 8)) == [SourceRow(VK, "VK", True, 8), SourceRow(MAIL, "mail", False, 8)]


def test_domains_are_excluded_and_let_in_again() -> None:
    stored = [DomainRow("d_1", True, 1), DomainRow("d_2", True, 1), DomainRow("d_3", False, 2)]
    assert list(domain_rows(stored, {"d_2", "d_3", "d_4"}, 3)) == [
        DomainRow("d_1", False, 3),
        DomainRow("d_3", True, 3),
        DomainRow("d_4", True, 3),
    ]


def test_notes_come_and_go_and_come_back() -> None:
    one = notes(read("notes:\n- {text: x, at: 2026-11-20}\n", "n"))
    (row,) = note_rows({}, one, 1)
    assert (row.text, row.listed, row.version) == ("x", True, 1)
    stored = {row.note_id: row}
    assert list(note_rows(stored, one, 2)) == []
    (gone,) = note_rows(stored, [], 2)
    assert gone == row._replace(listed=False, version=2)
    assert list(note_rows({gone.note_id: gone}, one, 3)) == [row._replace(version=3)]
    assert set(NoteRow._fields) > set(one[0].__dataclass_fields__)


def test_a_rule_fits_the_canonical_name_and_the_raw_one() -> None:
    rules = source_rules(
        read("rules:\n- {group: A, when: {utm_source: 'google ads'}}\n- {group: B, when: {utm_source: 'x%20y'}}\n", "s")
    )
    raw = ['{"utm_source":"google%20ads"}', '{"utm_source":"Google+Ads"}', '{"utm_source":"x%20y"}']
    assert [row.source_group for row in source_rows([SourceRow(one, "", False, 0) for one in raw], rules, 1)] == list(
        "AAB"
    )
