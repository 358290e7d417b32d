"""The breaker and the bucket, at each edge, on a clock of our own."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from outreach.core.breaker import ENOUGH, IN_A_ROW, Breaker, Bucket
from tests.support.business import utc

NOW = utc("2026-11-02T16:00")


def after(seconds: float):
    return NOW + timedelta(seconds=seconds)


def broken(at: float = 0) -> Breaker:
    breaker = Breaker()
    for _ in range(IN_A_ROW):
        breaker.heard(after(at), well=False, why="no answer")
    return breaker


def test_it_opens_at_five_failures_in_a_row_and_not_at_four():
    breaker = Breaker()
    for _ in range(IN_A_ROW - 1):
        breaker.heard(NOW, well=False)
    breaker.heard(NOW, well=True)
    for _ in range(IN_A_ROW - 1):
        breaker.heard(NOW, well=False)
    assert breaker.shut(NOW) is None
    breaker.heard(NOW, well=False)
    assert breaker.shut(NOW) == after(30)


def test_it_opens_when_half_of_enough_calls_lately_failed():
    breaker = Breaker()
    for n in range(ENOUGH):
        assert breaker.shut(after(n)) is None
        breaker.heard(after(n), well=n % 2 == 0)
    assert breaker.shut(after(ENOUGH)) is not None


def test_what_failed_long_ago_does_not_count():
    breaker = Breaker()
    for n in range(200):
        breaker.heard(after(n * 10), well=n % 2 == 0)
    assert breaker.shut(after(2000)) is None


def test_half_open_it_lets_one_through_and_closes_when_that_one_is_well():
    breaker = broken()
    assert (breaker.shut(after(29.9)), breaker.shut(after(30))) == (after(30), None)
    assert breaker.shut(after(30)) == after(90)
    breaker.heard(after(31), well=True)
    assert [breaker.shut(after(31)) for _ in range(3)] == [None] * 3


def test_each_probe_that_fails_doubles_the_wait_up_to_ten_minutes():
    breaker, at, waits = broken(), 0.0, []
    for _ in range(7):
        until = breaker.shut(after(at))
        assert until is not None
        waits.append((until - after(at)).total_seconds())
        at += waits[-1]
        assert breaker.shut(after(at)) is None
        breaker.heard(after(at), well=False)
    assert waits == [30, 60, 120, 240, 480, 600, 600]


def test_a_probe_that_never_comes_back_is_given_up():
    breaker = broken()
    assert breaker.shut(after(30)) is None
    assert breaker.shut(after(89)) == after(90)
    assert breaker.shut(after(90)) is None


def test_an_account_at_fault_stops_at_once_and_for_longer():
    breaker = Breaker()
    breaker.stop(NOW, "authenticate")
    breaker.stop(NOW, "authenticate")
    assert (breaker.shut(after(599)), breaker.stopped, breaker.why) == (after(600), True, "authenticate")
    assert breaker.shut(after(600)) is None
    breaker.stop(after(601), "authenticate")
    assert breaker.shut(after(602)) == after(601 + 1200)


def test_a_minute_of_work_goes_at_once_and_then_one_a_second():
    bucket, gone = Bucket(rate=1, at=NOW), 0
    while bucket.wait(NOW) is None:
        bucket.take(1)
        gone += 1
    assert gone == 60
    assert bucket.wait(after(0.5)) is not None
    assert bucket.wait(after(1)) is None


def test_who_asks_in_vain_gets_a_moment_of_its_own():
    bucket = Bucket(rate=2, at=NOW)
    bucket.take(120)
    assert [bucket.wait(NOW) for _ in range(4)] == [after(0.5), after(1), after(1.5), after(2)]


def test_a_long_text_costs_what_it_is_sent_as():
    bucket = Bucket(rate=1, at=NOW)
    bucket.take(63)
    assert (bucket.wait(after(3)), bucket.wait(after(4))) == (after(4), None)


def test_too_fast_is_half_as_fast_and_made_up_again():
    bucket = Bucket(rate=1, at=NOW)
    bucket.slower(NOW)
    assert bucket.wait(NOW) == after(2)
    assert bucket.wait(after(2)) is None
    for _ in range(40):
        bucket.take(0)
    assert bucket.part == 1


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(1, 4)), max_size=200), st.sampled_from([0.5, 1.0, 3.0, 100.0]))
def test_never_more_than_a_minute_of_work_waits_at_the_provider(asks: list[tuple[float, int]], rate: float):
    bucket, now, queue = Bucket(rate=rate, at=NOW), NOW, 0.0
    for pause, units in asks:
        now += timedelta(seconds=pause)
        queue = max(0.0, queue - pause * rate)
        if bucket.wait(now) is None:
            bucket.take(units)
            queue += units
        assert queue <= max(1.0, rate * 60) + units + 1e-6
