from contract.partition import partition_of
from contract.probe import ProbeRow, decode_probe, encode_probe, probe_keys


def test_each_partition_has_its_key() -> None:
    for partitions in (1, 3, 8, 64):
        assert [partition_of(key.decode(), partitions) for key in probe_keys(partitions)] == list(range(partitions))


def test_a_record_is_read_back_and_what_is_none_is_skipped() -> None:
    assert decode_probe(encode_probe(1_764_000_000_123, 8), 3) == ProbeRow(3, 8, 1_764_000_000_123)
    for value in (
        None,
        b"",
        b"[]",
        b"1",
        b"{}",
        b'{"type":"probe","partitions":true,"sent_at":"2026-11-22T18:00:00Z"}',
    ):
        assert decode_probe(value, 3) is None
    assert decode_probe(b'{"type":"probe","partitions":8,"sent_at":"yesterday"}', 3) is None
