"""A club's evening in a real browser, from the first visit to the morning after."""

import re
from collections.abc import Callable

from browser import Server, go, rated, settled, stars_of, tap
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


def stars(page: Page) -> Locator:
    """Everyone's expected stars for the movies behind the pick."""
    return page.locator(".st-key-candidates_S .dot")


def group_stars(page: Page) -> list[str]:
    expect(stars(page).first).to_be_visible()
    return stars(page).all_inner_texts()


def test_header_leads_everywhere_and_the_answer_is_explained(
    shared_server: Server, visit: Visit
) -> None:
    # an address of earlier versions
    page = visit(f"{shared_server.url}/taste?part=Divides", phone=True)
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
    page.locator(".st-key-why_pick button").first.tap()
    sheet = page.get_by_role("dialog")
    expect(sheet.locator("li").first).to_be_visible()  # for the gladdest
    sheet.get_by_role("button", name="Greta").tap()
    expect(sheet.get_by_text("Greta gave").first).to_be_visible()
    for part in sheet.locator("li").all():
        assert part.bounding_box()["x"] + part.bounding_box()["width"] <= 390
    page.keyboard.press("Escape")
    find(page, "Search any movie", "pulp ficton", "Pulp Fiction")
    expect(page.locator("h1")).to_have_text("Pulp Fiction")
    page.get_by_role("combobox", name="Search any movie").fill("Anatomy of a Fall")
    page.get_by_role("option", name="Add “Anatomy of a Fall”").click()
    expect(page.get_by_label("Title")).to_have_value("Anatomy of a Fall")
    page.get_by_role("combobox", name="Search any movie").fill("heat 1995")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Heat")


def test_stars_by_tap_key_and_touch_and_undo_asks(new_server: NewServer, visit: Visit) -> None:
    server = new_server()
    page = visit(f"{server.url}/rate?movie=68954")
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
    saved = "[role=slider][aria-busy=true]"
    expect(page.locator(saved)).to_have_count(0)

    phone = visit(f"{server.url}/rate", phone=True)
    rows = phone.locator(".st-key-rate_wall [role=slider]")
    rows.nth(7).scroll_into_view_if_needed()
    before = [rows.nth(place).bounding_box() for place in range(9)]
    rows.nth(4).tap(position={"x": before[4]["width"] * 0.7, "y": before[4]["height"] / 2})
    expect(rows.nth(4)).not_to_have_attribute("aria-valuetext", "not rated")
    expect(phone.locator(saved)).to_have_count(0)
    settled(phone)
    assert [rows.nth(place).bounding_box() for place in range(9)] == before

    go(phone, "rate?movie=68954")
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
    expect(phone.locator(saved)).to_have_count(0)

    store = Store(server.var / "club.db")
    store.ratings.rate_many([(2, PULP_FICTION, 0.5), (3, PULP_FICTION, 1.0)])
    entered = store.ratings.current()
    go(page, "rate")
    page.get_by_role("button", name="Undo", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("of Bruno and 1 rating of Chiara: Pulp Fiction")
    assert store.ratings.current().equals(entered)
    dialog.get_by_role("button", name="Take back").click()
    redo = page.get_by_role("button", name="Redo")
    expect(redo).to_be_enabled()
    assert not store.ratings.current().equals(entered)
    redo.click()
    expect(redo).to_be_disabled()
    assert store.ratings.current().equals(entered)


def test_learning_is_shown_in_other_browsers(new_server: NewServer, visit: Visit) -> None:
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
