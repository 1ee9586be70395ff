"""Shifts follow the clock on the wall, and leave no moment out when it changes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from staff.shifts import find_shift

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def hours(shift):
    return (shift.end.astimezone(UTC) - shift.start.astimezone(UTC)).total_seconds() / 3600


def test_the_night_is_nine_hours_long_when_the_clocks_go_back_and_seven_when_they_go_forward():
    back = find_shift(datetime(2026, 10, 24, 23, 30, tzinfo=UTC))
    forward = find_shift(datetime(2027, 3, 27, 23, 30, tzinfo=UTC))
    plain = find_shift(datetime(2026, 11, 1, 23, 30, tzinfo=UTC))
    assert [(shift.name, hours(shift)) for shift in (back, forward, plain)] == [
        ("Night", 9),
        ("Night", 7),
        ("Night", 8),
    ]


def test_both_half_past_ones_of_that_night_lie_in_the_same_shift():
    summer = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    winter = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert find_shift(summer) == find_shift(winter)


@given(MOMENTS)
def test_every_moment_lies_in_the_shift_that_is_found_for_it(moment):
    shift = find_shift(moment)
    assert shift.start.astimezone(UTC) <= moment < shift.end.astimezone(UTC)


@given(MOMENTS)
def test_one_shift_begins_where_the_last_one_ends(moment):
    shift = find_shift(moment)
    following = find_shift(shift.end.astimezone(UTC))
    assert following.start.astimezone(UTC) == shift.end.astimezone(UTC)
    assert following.name != shift.name


def test_every_change_of_the_clock_from_2020_to_2040_is_tiled_without_gap_or_overlap():
    moment, end = datetime(2020, 1, 1, 6, tzinfo=UTC), datetime(2040, 12, 31, tzinfo=UTC)
    lengths: dict[float, int] = {}
    while moment < end:
        shift = find_shift(moment)
        assert shift.start.astimezone(UTC) == moment
        lengths[hours(shift)] = lengths.get(hours(shift), 0) + 1
        moment = shift.end.astimezone(UTC)
        assert find_shift(moment - timedelta(microseconds=1)) == shift
    # Two changes a year, both at night.
    assert (lengths[7], lengths[9]) == (21, 21)
    assert set(lengths) == {7, 8, 9}
