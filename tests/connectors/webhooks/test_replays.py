"""A key is a replay while it is fresh, and what is remembered is bounded."""

from connectors.webhooks.replays import Replays


def test_a_key_is_a_replay_only_while_it_is_fresh() -> None:
    replays = Replays(fresh=10)
    assert not replays.is_replay("a", 100)
    replays.remember("a", 100)
    assert replays.is_replay("a", 110)
    assert not replays.is_replay("b", 110)
    assert not replays.is_replay("a", 111)


def test_old_keys_are_forgotten() -> None:
    replays = Replays(fresh=10)
    for moment in range(1_000):
        replays.remember(str(moment), moment)
    assert len(replays) == 11


def test_many_keys_at_once_push_out_the_oldest() -> None:
    replays = Replays(fresh=10, most=3)
    for key in "abcd":
        replays.remember(key, 0)
    assert [replays.is_replay(key, 0) for key in "abcd"] == [False, True, True, True]


def test_a_key_remembered_again_is_as_fresh_as_the_last_time() -> None:
    replays = Replays(fresh=10, most=2)
    replays.remember("a", 0)
    replays.remember("b", 1)
    replays.remember("a", 2)
    replays.remember("c", 3)
    assert [replays.is_replay(key, 3) for key in "abc"] == [True, False, True]
