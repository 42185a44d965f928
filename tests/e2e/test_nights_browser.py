"""Whole movie nights in real browsers: several people at once, each on a screen of their own."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from browser import Server, go, settled
from playwright.sync_api import Locator, Page, expect

from club.store import Store

Visit = Callable[..., Page]
NewServer = Callable[..., Server]
BRUNO, PULP_FICTION = 2, 296


def face(page: Page, row: str, name: str) -> Locator:
    """The button of somebody's face in the row whose key begins so."""
    return page.locator(f"[class*=st-key-{row}]").get_by_role("button", name=name, exact=True)


def picked(page: Page, title: str) -> Locator:
    """The pick, if that is its title; the old one is there beside the new one for a moment."""
    return page.locator(".st-key-tonight_pick h1", has_text=title)


def give(page: Page, stars: float) -> None:
    """Tap the stars of the movie that was watched."""
    row = page.locator("[class*=st-key-watched_]").get_by_role("slider")
    box = row.bounding_box()
    row.click(position={"x": box["width"] * (stars - 0.25) / 5, "y": box["height"] / 2})


def ballot(phone: Page, *titles: str) -> None:
    for title in titles:
        tile = phone.locator("[class*=st-key-ballot_] .tile").filter(has_text=title)
        tile.get_by_role("button").first.click()
        expect(tile.locator(".note")).to_be_visible()
        settled(phone)
    phone.get_by_role("button", name="Vote", exact=True).click()


def bring_zoe(page: Page) -> None:
    page.get_by_role("button", name="A guest").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Zoe")
    for label, typed in (("Movies they love", "Pulp Fiction"), ("Movies they hate", "Titanic")):
        dialog.get_by_label(label).fill(typed)
        page.get_by_role("option", name=re.compile(f"^{typed}")).first.click()
        page.keyboard.press("Tab")  # closes the list
    expect(dialog.locator("[data-tag]")).to_have_count(2)
    settled(page)
    dialog.get_by_text("Or a few keywords").click()
    liked = dialog.get_by_label("They like")
    liked.click()
    liked.press_sequentially("murder", delay=60)  # at the pace of a person
    expect(page.get_by_role("option").first).to_contain_text("murder")
    page.keyboard.press("Enter")  # takes one, not all that match
    expect(dialog.locator("[data-baseweb=tag], [data-tag]")).to_have_count(3)
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Add them").click()
    expect(face(page, "present_", "Zoe")).to_have_attribute("aria-pressed", "true")


def veto_and_undo(desk: Page, phone: Page, store: Store, night: int) -> None:
    """Veto the pick on one screen, while others rate, and undo that on the other."""
    title = desk.locator(".st-key-tonight_pick h1").inner_text()
    assert title not in {"Up", "Contact"}, "the ballots below need another pair"
    phone.locator(".st-key-not_the_pick button").click()
    veto = phone.get_by_role("dialog").get_by_role("button", name="Veto it")
    expect(veto).to_be_visible()
    stars = desk.locator(".st-key-candidates_S .dot")
    shown = stars.all_inner_texts()
    store.ratings.rate(BRUNO, PULP_FICTION, 0.5)
    expect(stars).not_to_have_text(shown)
    expect(veto).to_be_visible()  # what others do closes no dialog
    veto.click()
    out = desk.locator(".st-key-candidates_S .tile").filter(has_text="Bruno vetoed it")
    expect(out).to_contain_text(title)
    out.get_by_role("button", name="Undo").click()
    expect(picked(desk, title)).to_have_count(1)
    assert store.nights.vetoes(night) == {}


def test_evening_on_three_phones(new_server: NewServer, visit: Visit) -> None:
    server = new_server()
    store = Store(server.var / "club.db")
    desk = visit(f"{server.url}/?away=3+4+5+6+7+8")
    bring_zoe(desk)  # which makes it a night
    (night,) = (night.night_id for night in store.nights.all())
    assert store.members.guests()["name"].tolist() == ["Zoe"]
    phones = {
        name: visit(f"{server.url}/night?night={night}&me={name}", phone=True)
        for name in ("Ana", "Bruno", "Zoe")
    }

    veto_and_undo(desk, phones["Bruno"], store, night)
    desk.get_by_role("button", name="Vote first").click()
    question = phones["Ana"].get_by_role("heading", name="What would you like to watch?")
    expect(question).to_be_visible()
    ballot(phones["Ana"], "Up", "Contact")
    expect(desk.get_by_text("1 of 3 have voted")).to_be_visible()
    phone = phones["Bruno"]
    tile = phone.locator("[class*=st-key-ballot_] .tile").filter(has_text="Contact")
    tile.get_by_role("button").first.click()
    expect(tile.locator(".note")).to_have_text("✓ fine with me")
    phone.reload()  # loses nothing
    settled(phone)
    expect(tile.locator(".note")).to_have_text("✓ fine with me")
    phone.get_by_role("button", name="Vote", exact=True).click()
    expect(phone.get_by_text("Your vote is in.")).to_be_visible()
    assert store.nights.ballot_box(night).ballots is None
    ballot(phones["Zoe"], "Contact")
    for page in (desk, phones["Ana"]):
        expect(picked(page, "Contact")).to_have_count(1)

    desk.get_by_role("button", name="Watch this").click()
    expect(desk.locator("[class*=st-key-watched_] h1")).to_have_text("Contact")
    before = store.nights.predictions()
    assert len(before) == 3 * 6  # three people, all candidates
    assert store.nights.get(night).decided_by == "vote"
    for number, (name, stars) in enumerate({"Ana": 4.5, "Bruno": 2.0, "Zoe": 5.0}.items()):
        expect(desk.get_by_text(f"{number} of 3 have rated")).to_be_visible()
        assert store.nights.outcome(night).stars is None
        expect(phones[name].get_by_text(f"You are {name}")).to_be_visible()
        give(phones[name], stars)
    for page in (desk, phones["Ana"]):
        expect(page.locator(".st-key-reveal .given")).to_have_text("3.8")
        expect(page.locator(".st-key-reveal .row")).to_have_count(3)
    pd.testing.assert_frame_equal(store.nights.predictions(), before)
    assert sorted(store.nights.ratings()["rating"]) == [2.0, 4.5, 5.0]


def test_planned_night_and_an_evening_by_keyboard(
    new_server: NewServer, visit: Visit, tmp_path: Path
) -> None:
    server = new_server()
    store = Store(server.var / "club.db")
    page = visit(f"{server.url}/nights")
    page.get_by_role("button", name="Plan a night").click()
    page.get_by_label("Where").fill("at Ana's")
    page.get_by_role("button", name="Plan the night").click()
    page.wait_for_url(re.compile(r"night=1"))
    settled(page)
    expect(page.get_by_text("at Ana's")).to_be_visible()
    page.get_by_text("About this night").click()
    page.get_by_label("Notes").fill("bring popcorn")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("Saved.")
    assert store.nights.get(1).notes == "bring popcorn"
    go(page, "nights")
    with page.expect_download() as download:
        page.get_by_role("button", name="Add to calendar").click()
    file = tmp_path / "nights.ics"
    download.value.save_as(file)
    assert "BEGIN:VEVENT" in file.read_text("utf-8")
    page.get_by_role("link", name=re.compile("8 people")).click()
    page.wait_for_url(re.compile(r"night=1"))
    settled(page)
    page.get_by_text("About this night").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("There is no such night")).to_be_visible()
    assert store.nights.all() == []

    go(page, "?away=3+4+5+6+7+8")
    evening_by_keyboard(page)
    assert [night.state for night in store.nights.all()] == ["revealed"]


def evening_by_keyboard(page: Page) -> None:
    """Watch the pick, rate it as Ana and as Bruno, and look for another one."""

    def press(button: Locator) -> None:
        """Reach a button by Tab alone, and press it."""
        for _ in range(80):
            if button.evaluate("node => node === node.getRootNode().activeElement"):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        settled(page)

    press(page.get_by_role("button", name=re.compile("^Not this: ")).first)
    dialog = page.get_by_role("dialog")
    press(dialog.get_by_role("button", name="Bruno"))
    press(dialog.get_by_role("button", name="Veto it"))
    undo = page.get_by_role("button", name=re.compile("^Undo: "))
    expect(undo).to_be_focused()
    press(undo)
    expect(undo).to_have_count(0)
    title = page.locator(".st-key-tonight_pick h1").inner_text()
    press(page.get_by_role("button", name="Watch this"))
    expect(page.locator("[class*=st-key-watched_] h1")).to_have_text(title)
    expect(page.locator("[class*=st-key-watched_] h1")).to_be_focused()
    for name, key in (("Ana", "4"), ("Bruno", "2")):
        press(face(page, "me_faces", name))
        expect(page.get_by_text(f"You are {name}")).to_be_visible()
        page.locator("[class*=st-key-watched_]").get_by_role("slider").focus()
        page.keyboard.press(key)
        expect(page.get_by_text("0 of 2 have rated")).to_have_count(0)
        settled(page)
    expect(page.locator(".st-key-reveal .given")).to_have_text("3.0")
    press(page.get_by_role("button", name="Pick another movie"))
    expect(picked(page, title)).to_have_count(0)
    expect(page.locator(".st-key-tonight_pick h1")).to_have_count(1)
