"""The club's year in review: what it watched, its prizes, and a picture of it to share."""

from __future__ import annotations

from datetime import date

import streamlit as st

from recommender import year as figures
from recommender.year import Prize, Year
from ui import taste
from ui.cache import cached
from ui.components.basics import download_button, empty_state, lead_to
from ui.components.figures import draw_counts
from ui.components.people import face, faces_rows
from ui.components.tile import Tile, tiles
from ui.state import View
from ui.text import half_stars, listed
from ui.tmdb import picture
from ui.year_picture import Card, year_picture

# What each prize is called, and what is said of it.
PRIZES = {
    figures.BEST: ("Movie of the year", "{value:.1f} stars from {n} of us."),
    figures.DIVISIVE: ("Divided us most", "Our stars are {half} apart."),
    figures.FORESEEN: ("Open book", "We were off by only {value:.1f} stars."),
    figures.PUZZLE: ("Never understood", "We were off by {value:.1f} stars."),
    figures.PAIR: ("Closest pair", "{value:.1f} stars apart on average, over {n} movies."),
    figures.SURPRISE: ("Biggest surprise", "{more} than we expected."),
    figures.KINDEST: ("Kindest", "{more} than most give the same movies."),
    figures.HARSHEST: ("Hardest to please", "{more} than most give the same movies."),
    figures.DILIGENT: ("Most ratings", "{value:.0f} of the year's {n:,}."),
}
draw_picture = cached(max_entries=4)(year_picture)


def section(club: View) -> None:
    """Draw one year of the club."""
    years, now = taste.years(club), date.today().year
    if not years:
        sentence = f"Your first night of {now} will appear here."
        with empty_state(":material/celebration:", sentence, "no_year"):
            lead_to("tonight", "What to watch tonight", ":material/local_activity:")
        return
    shown = [str(year) for year in years]
    chosen = st.pills(
        "Year", shown, default=shown[0], required=True, key="year", bind="query-params",
        wrap=True, label_visibility="collapsed",
    )  # fmt: skip
    year = int(chosen) if chosen in shown else years[0]
    review = taste.review(club, year)
    counts = _counts(review)
    draw_counts({what.capitalize(): number for number, what in counts})
    if year == now and not review.nights:
        st.caption(f"Your first night of {now} will appear here.")
    cards = [_card(club, prize) for prize in review.prizes]
    if not cards:
        st.caption(f"The prizes and a picture to share come with the {figures.ENOUGH}th rating.")
        return
    prizes, share = st.columns([5, 2], gap="medium")
    grid = prizes.grid(columns=2, min_column_width=270, gap="small", border=True, key="prizes")
    for prize, card in zip(review.prizes, cards, strict=True):
        with grid, st.container():
            _prize(club, prize, card)
    with share:
        numbers = tuple((f"{number:,}", what) for number, what in counts)
        image = draw_picture(club.club.name, year, numbers, tuple(cards))
        st.image(image, alt=f"Our {year} as a picture to share", width="stretch")
        download_button(
            "Download the picture", image, f"our-year-{year}.png", "year_png",
            type="primary", width="stretch", icon=":material/download:",
        )  # fmt: skip


def _counts(review: Year) -> list[tuple[int, str]]:
    hours = round(review.minutes / 60)
    counts = [
        (review.nights, "night" if review.nights == 1 else "nights"),
        (hours, "hours watched" if review.complete else "hours and more"),
        (review.movies, "movies rated"),
        (review.ratings, "ratings"),
    ]
    return [(number, what) for number, what in counts if number]


def _prize(club: View, prize: Prize, card: Card) -> None:
    st.caption(card.heading)
    people, key = listed(map(club.name, prize.members)), f"prize_{prize.award}"
    note = f"{people} · {card.reason}" if people else card.reason
    if prize.movie is None:
        faces_rows(club, [(prize.members, note)], key)
    else:
        tiles(club, [Tile(prize.movie, note=note)], key, "S")


def _card(club: View, prize: Prize) -> Card:
    """Return a prize in words, with the picture of a movie that has it alone."""
    (heading, reason), value = PRIZES[prize.award], prize.value
    people, title = listed(map(club.name, prize.members)), club.title(prize.movie or 0)
    name = people or title
    if people and prize.movie is not None:
        name = f"{people} on {title}"
    more = f"{abs(value):.1f} stars {'more' if value > 0 else 'fewer'}"
    return Card(
        heading,
        name,
        reason.format(value=value, n=prize.n, half=half_stars(value), more=more),
        svg="" if people or prize.movie is None else picture(club, prize.movie),
        faces=tuple((face(club, one).initial, face(club, one).colour) for one in prize.members),
    )
