"""Old backups go, never too many, and never one that is wanted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from club import backups
from club.backups import keep

NOW = datetime(2026, 7, 28, 12, tzinfo=UTC)  # a Tuesday
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda time: time.replace(microsecond=0)
)
CLOSE = st.integers(-400 * 24, 400 * 24).map(lambda hours: NOW + timedelta(hours=hours))
TIMES = st.sets(st.one_of(MOMENTS, CLOSE), max_size=80)


def days(*ago: float) -> set[datetime]:
    return {NOW - timedelta(days=day) for day in ago}


def test_the_newest_of_each_day_week_and_month_stays() -> None:
    every_twelve_hours = days(*(half / 2 for half in range(800)))
    kept = sorted(keep(every_twelve_hours, NOW), reverse=True)
    ages = [(NOW - time) / timedelta(days=1) for time in kept]
    # Seven days, the last of the two weeks before, the last of each of the eleven months before.
    assert ages == [
        *range(7),
        *[9, 16],
        *[28, 58, 89, 119, 150, 178, 209, 240, 270, 301, 331],
    ]


def test_days_without_a_backup_do_not_count() -> None:
    once_a_season = days(0, 90, 180, 270, 360, 450, 540)
    assert keep(once_a_season, NOW) == once_a_season


def test_a_clock_that_jumps_ahead_takes_nothing_away() -> None:
    daily = days(*range(7))
    far = NOW + timedelta(days=20_000)
    assert keep({*daily, far}, far) >= days(0, 1, 2, 3, 4, 5) | {far}
    # Put right again, what it made does not push out what is real.
    assert keep({*daily, far}, NOW) == daily | {far}


def test_a_clock_that_fell_back_takes_nothing_away_but_one_a_kind() -> None:
    before = keep(days(*(half / 2 for half in range(800))), NOW)
    fallen = datetime(1970, 1, 1, tzinfo=UTC)
    after = keep({*before, fallen}, fallen)
    assert fallen in after
    assert len(before - after) <= 3
    assert max(before) in after


@given(TIMES, st.one_of(MOMENTS, CLOSE))
def test_whatever_the_clock_says_the_newest_stay_and_there_are_never_too_many(times, now) -> None:
    kept = keep(times, now)
    assert kept <= times
    assert len(kept) <= backups.DAYS + backups.WEEKS + backups.MONTHS
    assert bool(kept) == bool(times)
    if times:
        assert max(times) in kept
        past = [time for time in times if time <= now]
        assert not past or max(past) in kept
    assert keep(kept, now) == kept


@given(TIMES, MOMENTS)
def test_few_backups_all_stay(times, now) -> None:
    one_a_day = list({time.date(): time for time in sorted(times)}.values())[: backups.DAYS]
    assert keep(one_a_day, now) == set(one_a_day)


@given(st.lists(st.integers(1, 60 * 24 * 45), min_size=1, max_size=40))
def test_growing_old_day_by_day_loses_no_newest_of_a_month(gaps) -> None:
    """What a clock that goes right leaves over a long time, with a backup every now and then."""
    now, kept, made = NOW, set(), []
    for minutes in gaps:
        now += timedelta(minutes=minutes)
        made.append(now)
        kept = keep({*kept, now}, now)
    months = sorted({(time.year, time.month): time for time in made}.values())
    assert set(months[-backups.MONTHS :]) <= kept
    assert set(sorted({time.date(): time for time in made}.values())[-backups.DAYS :]) <= kept
