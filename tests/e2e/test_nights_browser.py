"""Whole movie nights in real browsers: several people at once, each on a screen of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
from browser import Server, rated, settled, tap
from playwright.sync_api import Page, expect

from club.store import Store
from recommender import load_bundled

Visit = Callable[..., Page]
NewServer = Callable[..., Server]
SOON = 6_000  # ms; two seconds on an idle machine


def here(page: Page, *names: str) -> None:
    """Make exactly these people present, on the night's page."""
    pills = page.locator("[class*=st-key-present_] button")
    expect(pills.first).to_be_visible()
    for i in range(pills.count()):
        pill = pills.nth(i)
        name = pill.inner_text().split(" ·")[0].strip()
        wanted = str(name in names).lower()
        if pill.get_attribute("aria-pressed") != wanted:
            pill.click()
            expect(pill).to_have_attribute("aria-pressed", wanted)
            settled(page)
    expect(page.get_by_text(f"Who is here? ({len(names)})")).to_be_visible()


def view(page: Page, name: str) -> None:
    page.get_by_test_id("stMain").get_by_role("radio", name=name, exact=True).click()
    settled(page)


def i_am(page: Page, name: str) -> None:
    page.locator(".st-key-me button").filter(has_text=name).click()
    settled(page)


def make_a_night(page: Page, *names: str) -> int:
    page.get_by_test_id("stTopNavLink").filter(has_text="Tonight").click()
    expect(page.locator("h1")).to_have_text("What shall we watch tonight?")
    page.get_by_role("button", name="Make it a movie night").click()
    page.wait_for_url(re.compile(r"night=\d+"))
    settled(page)
    here(page, *names)
    return int(re.search(r"night=(\d+)", page.url)[1])  # type: ignore[index]


def decide(page: Page) -> str:
    """Take what the predictions propose, and return its title."""
    view(page, "Decide")
    button = page.locator(".st-key-decide_now button")
    title = button.inner_text().split("Watch ")[1].strip()
    button.click()
    expect(page.locator(".st-key-watched h3")).to_have_text(title)
    settled(page)
    return title


def rate_in_turn(page: Page, stars: dict[str, float]) -> None:
    """Everyone rates, one after the other on the same screen; the last one opens the ratings."""
    for name, given in list(stars.items())[:-1]:
        i_am(page, name)
        tap(page, name, given)
        rated(page, name, f"{given:g} stars")
        expect(page.locator("[role=slider][aria-busy=true]")).to_have_count(0)
    *_, (name, given) = stars.items()
    i_am(page, name)
    tap(page, name, given)
    expect(page.get_by_test_id("stMetricLabel").filter(has_text="Given")).to_be_visible()
    settled(page)


def bring_zoe(page: Page) -> None:
    page.get_by_role("button", name="A guest").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Zoe")
    for label, typed in (("Movies they love", "Pulp Fiction"), ("Movies they hate", "Titanic")):
        dialog.get_by_label(label).fill(typed)
        page.get_by_role("option", name=re.compile(f"^{typed}")).first.click()
        page.keyboard.press("Tab")  # closes the list
    dialog.get_by_role("button", name="Bring them").click()
    expect(page.get_by_text("Who is here? (3)")).to_be_visible()


def vote_for(phone: Page, titles: list[str]) -> None:
    for title in titles:
        phone.get_by_role("button", name=re.compile(rf"^{title} \(")).click()
        settled(phone)
    phone.get_by_role("button", name="Cast my vote").click()


def test_night_with_guest_veto_and_hidden_vote(new_server: NewServer, visit: Visit) -> None:
    server = new_server()
    store = Store(server.var / "club.db")
    desk = visit(server.url)
    night = make_a_night(desk, "Ana", "Bruno")
    bring_zoe(desk)
    assert store.members.guests()["name"].tolist() == ["Zoe"]

    address = f"{server.url}/night?night={night}"
    phones = {name: visit(f"{address}&me={name}", phone=True) for name in ("Ana", "Bruno", "Zoe")}
    card = phones["Bruno"].locator(".st-key-top_pick")
    title = card.locator("h3").inner_text()
    assert title not in {"Up", "Contact"}, "the ballots below need another pair"
    card.get_by_role("button", name="Veto").click()
    desk.get_by_text("Not tonight (1)").click(timeout=SOON)
    expect(desk.get_by_text(f"{title} vetoed by Bruno")).to_be_visible()

    view(desk, "Vote")
    desk.get_by_role("radio", name="Rank", exact=True).click()
    settled(desk)
    for phone in phones.values():
        view(phone, "Vote")
    vote_for(phones["Ana"], ["Up", "Contact"])
    expect(desk.get_by_text("1 of 3 have voted, sealed")).to_be_visible(timeout=SOON)
    vote_for(phones["Bruno"], ["Contact"])
    expect(desk.get_by_text("2 of 3 have voted, sealed")).to_be_visible(timeout=SOON)
    expect(phones["Bruno"].get_by_text("Your vote is in.")).to_be_visible()
    assert store.nights.ballot_box(night).ballots is None
    assert desk.get_by_text("wins the vote").count() == 0
    vote_for(phones["Zoe"], ["Contact", "Up"])
    for page in (desk, phones["Ana"]):
        expect(page.get_by_text("Contact wins the vote")).to_be_visible(timeout=SOON)

    view(desk, "Decide")
    expect(desk.get_by_text("The vote: Contact.")).to_be_visible()  # it is over, so it decides
    desk.get_by_role("button", name="Watch Contact").click()
    expect(desk.locator(".st-key-watched h3")).to_have_text("Contact")
    before = store.nights.predictions()
    assert len(before) == 3 * 5  # three people, all candidates but the vetoed one
    assert store.nights.get(night).decided_by == "vote"

    given = {"Ana": 4.5, "Bruno": 2.0, "Zoe": 5.0}
    for number, (name, stars) in enumerate(given.items()):
        expect(desk.get_by_text(f"{number} of 3 have rated, sealed")).to_be_visible(timeout=SOON)
        assert store.nights.outcome(night).stars is None
        tap(phones[name], name, stars)
    for page in (desk, phones["Ana"]):
        given_mean = page.get_by_test_id("stMetric").filter(has_text="Given")
        expect(given_mean).to_contain_text("3.83 ★", timeout=SOON)
    pd.testing.assert_frame_equal(store.nights.predictions(), before)
    assert sorted(store.nights.ratings()["rating"]) == [2.0, 4.5, 5.0]


def test_scoreboard_of_ten_nights(new_server: NewServer, visit: Visit) -> None:
    server = new_server()
    store = Store(server.var / "club.db")
    page = visit(server.url)
    people = ["Ana", "Bruno", "Chiara", "Dev"]
    snapshots: dict[int, pd.DataFrame] = {}
    famous, rated_by_some = (
        load_bundled().rating_counts.nlargest(500),
        set(store.ratings.current().movie_id),
    )
    for movie in [int(movie) for movie in famous.index if movie not in rated_by_some][:8]:
        store.movies.add_to_shortlist(movie)
    for number in range(10):
        who = [people[i] for i in range(4) if i != number % 5]
        night = make_a_night(page, *who)
        decide(page)
        snapshots[night] = store.nights.predictions(night)
        stars = {name: [4.0, 2.5, 5.0, 3.5, 1.0][(number + i) % 5] for i, name in enumerate(who)}
        rate_in_turn(page, stars)
        for earlier, frame in snapshots.items():
            pd.testing.assert_frame_equal(store.nights.predictions(earlier), frame)

    nights = {night.night_id: night for night in store.nights.all()}
    assert {night.state for night in nights.values()} == {"revealed"}
    assert len({night.movie for night in nights.values()}) == 10
    given = store.nights.ratings()
    promised = pd.concat(snapshots.values())
    watched = promised[
        [nights[row.night_id].movie == row.movie_id for row in promised.itertuples()]
    ]
    rows = watched.merge(given, on=["night_id", "member_id"])
    assert len(rows) == len(given) == 8 * 3 + 2 * 4
    ours = (rows["mean"] - rows["rating"]).abs().mean()
    own = (rows["own_mean"] - rows["rating"]).abs().mean()
    inside = ((rows["low"] <= rows["rating"]) & (rows["rating"] <= rows["high"])).sum()

    page.goto(f"{server.url}/nights?view=Scoreboard")
    settled(page)
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text(re.compile(rf"Over\s*10\s*nights\s*\({len(rows)}\s*ratings\)"))
    # The title of a chart is broken into lines, whose texts follow without a space.
    expect(main).to_contain_text(re.compile(rf"off\s*by\s*{ours:.2f}\s*stars"))
    expect(main).to_contain_text(re.compile(rf"own\s*mean\s*by\s*{own:.2f}"))
    expect(main).to_contain_text(f"{inside} of {len(rows)} ratings")
    for chart in ("record", "honest"):
        expect(page.locator(f".st-key-{chart} .js-plotly-plot")).to_be_visible()


def test_nights_page_and_calendar(new_server: NewServer, visit: Visit, tmp_path: Path) -> None:
    server = new_server()
    page = visit(f"{server.url}/nights")
    page.get_by_label("Where").fill("at Ana’s")
    page.get_by_role("button", name="Plan the night").click()
    page.wait_for_url(re.compile(r"night=1"))
    settled(page)
    expect(page.locator("h1")).to_contain_text(str(date.today().year))
    expect(page.get_by_text("at Ana’s")).to_be_visible()
    page.get_by_text("Date, place, rules and notes").click()
    page.get_by_label("Notes").fill("bring popcorn")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("Saved.")
    assert Store(server.var / "club.db").nights.get(1).notes == "bring popcorn"
    page.goto(f"{server.url}/nights")
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="All of these for your calendar").click()
    file = tmp_path / "nights.ics"
    download.value.save_as(file)
    assert "BEGIN:VEVENT" in file.read_text("utf-8")
    page.get_by_role("link", name=re.compile("^Movie night")).last.click()
    page.wait_for_url(re.compile(r"night=1"))
    settled(page)
    fresh = visit(page.url)  # a deep link in another browser
    expect(fresh.locator("h1")).to_have_text(page.locator("h1").inner_text())
    page.get_by_text("Date, place, rules and notes").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("h1")).to_have_text("Movie nights")
    assert Store(server.var / "club.db").nights.all() == []
    expect(fresh.get_by_text("There is no such night")).to_be_visible(timeout=SOON)


def test_cold_deep_link_to_a_night(new_server: NewServer, visit: Visit) -> None:
    server = new_server()
    Store(server.var / "club.db").nights.plan(date(2026, 12, 4), [1, 2])
    page = visit(f"{server.url}/night?night=1&me=Ana")
    expect(page.locator("h1")).to_have_text("Friday, 4 December 2026")
    expect(page.get_by_test_id("stTopNavLink").first).to_be_visible()
    expect(page.locator(".st-key-top_pick")).to_be_visible()
