"""A club's evening in a real browser, from the first visit to the morning after."""

from __future__ import annotations

import re
from collections.abc import Callable

from browser import Server, rated, settled, stars_of, tap
from playwright.sync_api import Locator, Page, expect

from club.store import Store

Visit = Callable[..., Page]
NewServer = Callable[..., Server]

PULP_FICTION = 296
EIGHT = ["Ana", "Bruno", "Chiara", "Dev", "Elif", "Femi", "Greta", "Hugo"]


LEARNING = 400_000  # ms; twenty seconds on an idle machine


def find(page: Page, label: str, text: str, title: str) -> None:
    """Choose the movie that a search finds first."""
    page.get_by_role("combobox", name=label).fill(text)
    option = page.get_by_role("option").first
    expect(option).to_contain_text(title)
    option.click()


def test_header_leads_everywhere(shared_server: Server, visit: Visit) -> None:
    page = visit(shared_server.url, phone=True)
    page.goto(f"{shared_server.url}/taste?part=Divides")  # an address of earlier versions
    expect(page.locator("[data-selected=true]").filter(has_text="Our taste")).to_be_visible()
    assert page.get_by_role("dialog").count() == 0
    assert "part=Divides" in page.url
    for title in ("Explore", "Rate", "Nights", "Club", "Tonight"):
        link = page.locator(".st-key-nav_bar .place").filter(has_text=title)
        assert link.bounding_box()["y"] > 700  # within thumb's reach
        link.tap()
        expect(link).to_have_attribute("aria-current", "page")
        settled(page)
    for target in page.locator(".st-key-nav_bar a, .st-key-header_search input").all():
        assert min(target.bounding_box()["width"], target.bounding_box()["height"]) >= 40
    find(page, "Search any movie", "pulp ficton", "Pulp Fiction")
    expect(page.locator("h1")).to_have_text("Pulp Fiction")
    page.get_by_role("combobox", name="Search any movie").fill("Anatomy of a Fall")
    page.get_by_role("option", name="Add “Anatomy of a Fall”").click()
    expect(page.get_by_label("Title")).to_have_value("Anatomy of a Fall")
    page.get_by_role("combobox", name="Search any movie").fill("heat 1995")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Heat")


def stars(page: Page) -> Locator:
    """Everyone's expected stars for the movies behind the pick."""
    return page.locator(".st-key-candidates_S .dot")


def group_stars(page: Page) -> list[str]:
    expect(stars(page).first).to_be_visible()
    return stars(page).all_inner_texts()


def test_first_visit(shared_server: Server, visit: Visit) -> None:
    for phone in (True, False):
        page = visit(shared_server.url, phone=phone)
        faces = page.locator(".st-key-here button")
        assert [face.get_attribute("aria-label") for face in faces.all()] == EIGHT
        pick = page.locator(".st-key-tonight_pick")
        for part in (".picture", "h1", ".number"):  # the answer is there before one scrolls
            box = pick.locator(part).first.bounding_box()
            assert box["y"] + box["height"] < (844 if phone else 900), part
        assert re.fullmatch(r"[0-5]\.\d", pick.locator(".number").inner_text())
        expect(pick.locator(".axis .face")).to_have_count(8)
        expect(page.locator(".st-key-tonight_watch button")).to_have_text("Watch this")
        assert len(group_stars(page)) == 5 * 8


def test_why(shared_server: Server, visit: Visit) -> None:
    page = visit(shared_server.url, phone=True)
    page.locator(".st-key-why_pick button").first.click()
    sheet = page.get_by_test_id("stPopoverBody")
    sheet.get_by_role("button", name="Greta").click()
    expect(sheet.get_by_text("Greta gave").first).to_be_visible()
    for part in sheet.locator("li").all():
        box = part.bounding_box()
        assert box["x"] + box["width"] <= 390


def test_live_update_keeps_dialog_open(new_server: NewServer, visit: Visit) -> None:
    server = new_server()
    page = visit(server.url)
    before = group_stars(page)
    page.get_by_role("button", name=re.compile("^Not this: ")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Veto it")).to_be_visible()
    watcher = visit(server.url)
    Store(server.var / "club.db").ratings.rate(8, PULP_FICTION, 0.5)
    expect(stars(watcher)).not_to_have_text(before)
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(stars(page)).not_to_have_text(before)


def test_attendance_in_address(shared_server: Server, visit: Visit) -> None:
    page = visit(shared_server.url)
    before = group_stars(page)
    page.locator(".st-key-here").get_by_role("button", name="Greta").click()
    expect(page).to_have_url(re.compile("away=7"))
    settled(page)
    expect(stars(page)).to_have_count(len(before) - 5)
    again = visit(page.url)
    assert group_stars(again) == group_stars(page)


def test_stars_by_tap_key_and_touch(new_server: NewServer, visit: Visit) -> None:
    page = visit(f"{new_server().url}/rate?movie=68954")
    given = {name: 1.5 + number * 0.5 for number, name in enumerate(EIGHT)}
    for name, stars in given.items():  # as fast as can be
        tap(page, name, stars)
    rated(page, "Hugo", "5 stars")
    tap(page, "Hugo", 5.0)
    rated(page, "Hugo", "not rated")
    stars_of(page, "Ana").focus()
    for key in ("4", "ArrowRight"):
        page.keyboard.press(key)
    rated(page, "Ana", "4.5 stars")
    for key in ("ArrowDown", "2", "ArrowLeft"):
        page.keyboard.press(key)
    rated(page, "Bruno", "1.5 stars")
    page.keyboard.press("Delete")
    rated(page, "Bruno", "not rated")
    expect(page.locator("[role=slider][aria-busy=true]")).to_have_count(0)
    phone = visit(page.url, phone=True)
    for name in EIGHT[2:-1]:
        rated(phone, name, f"{given[name]:g} stars")
    for name, said in {"Ana": "4.5 stars", "Bruno": "not rated", "Hugo": "not rated"}.items():
        rated(phone, name, said)
    row = stars_of(phone, "Femi")
    row.scroll_into_view_if_needed()
    box = row.bounding_box()
    assert box["x"] + box["width"] < 390
    row.tap(position={"x": box["width"] * 0.65, "y": box["height"] / 2})
    rated(phone, "Femi", "3.5 stars")


def test_learning_is_shown_in_other_browsers_and_stays(new_server: NewServer, visit: Visit) -> None:
    server = new_server()
    idle, page = visit(server.url), visit(f"{server.url}/settings?set=Laboratory")
    before = group_stars(idle)
    page.get_by_text("With other options").click()
    page.get_by_label("Epochs").fill("1")
    for switch in ("Measure it on held-out ratings, too", "Use it for the predictions at once"):
        page.get_by_text(switch).click()
    page.get_by_role("button", name="Train").click()
    pill = idle.locator(".st-key-learning_pill")
    expect(pill).to_contain_text(re.compile(r"Learning … \d+%"), timeout=5_000)
    expect(page.get_by_role("button", name="Learn again")).to_have_count(0)
    expect(pill).not_to_contain_text("Learning", timeout=LEARNING)
    expect(stars(idle)).not_to_have_text(before)
    expect(page.get_by_role("button", name="Learn again")).to_be_enabled()
    expect(page.locator("p").filter(has_text="Learned just now")).to_be_visible()
    learned = group_stars(idle)
    idle.close()
    page.close()
    server.stop()
    server.start()
    assert group_stars(visit(server.url)) == learned


def test_an_installed_app_says_that_the_club_is_away(new_server: NewServer, visit: Visit) -> None:
    server = new_server()
    page = visit(server.url, phone=True)
    manifest = page.request.get(f"{server.url}/manifest.webmanifest").json()
    for icon in manifest["icons"]:
        assert (
            page.request.get(f"{server.url}{icon['src']}").headers["content-type"] == icon["type"]
        )
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    server.stop()
    page.reload()
    expect(page.locator("h1")).to_have_text("The club is not there")
    server.start()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".st-key-tonight_pick")).to_be_visible()
