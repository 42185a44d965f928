"""Who holds a browser: every change stands under a name, and a member enters what is theirs."""

from __future__ import annotations

from datetime import date

import pytest
import streamlit as st
from a_visit import use_phone
from an_evening import ANA, BRUNO, CHIARA, UP, here, said
from furnished import Open, click
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import gate, identity, login, state

FRIDAY = date(2026, 11, 27)
ADDRESS = "bea@example.org"
ODD = "\u202ebea\x07@example.org" + "x" * 60


@pytest.fixture(autouse=True)
def phone(monkeypatch: pytest.MonkeyPatch) -> None:
    use_phone(monkeypatch, 1)


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes is a member of a club that is shared."""
    monkeypatch.setattr(gate, "is_shared", lambda: True)
    monkeypatch.setattr(gate, "at_the_machine", lambda: False)
    monkeypatch.setattr(gate, "role", lambda: "member")


def say(app: AppTest, member: int) -> AppTest:
    """Answer who holds the browser."""
    return app.pills(identity.ASKED).set_value(member).run()


def asks(app: AppTest) -> bool:
    return identity.ASKED in [pills.key for pills in app.pills]


def last(store: Store) -> tuple[str, str]:
    row = store.changes(1).iloc[0]
    return str(row["who"]), str(row["act"])


def test_at_home_nobody_is_asked_and_who_says_so_stands_beside_the_changes(
    open_page: Open, store: Store
) -> None:
    store.rate(ANA, UP, 4.5)
    app = open_page("club")
    assert not asks(app)
    app.selectbox("you_are").set_value(BRUNO).run()
    rate = open_page("rate")
    rate.button("undo").click().run()
    assert last(store) == ("Bruno", "took back ratings")
    assert store.history(limit=1)["changed_by"].tolist() == ["Bruno"]
    open_page("club").selectbox("you_are").set_value(identity.NOBODY).run()
    click(open_page("movie", movie=str(UP)), "On the shortlist")
    assert last(store) == ("nan", "took off the shortlist")


@pytest.mark.usefixtures("shared")
def test_a_friend_is_asked_once_for_a_browser(
    open_page: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page()
    assert asks(app)
    assert not asks(say(app, CHIARA))
    page = open_page("movie", movie=str(UP))  # another tab, later
    assert not asks(page)
    click(page, "On the shortlist")
    assert last(store) == ("Chiara", "took off the shortlist")
    use_phone(monkeypatch, 2)
    other = open_page()
    assert asks(other)
    assert not asks(say(other, identity.NOBODY))
    assert not asks(open_page())


@pytest.mark.usefixtures("shared")
def test_on_a_phone_that_goes_round_the_last_tap_says_who(open_page: Open, store: Store) -> None:
    say(open_page(), CHIARA)
    night = store.nights.plan(FRIDAY, [ANA, BRUNO])
    app = open_page("night", night=str(night), me="Bruno", do="Candidates")
    app = next(b for b in app.button if b.label == "Veto").click().run()
    assert last(store) == ("Bruno", "vetoed")
    app.pills("me").set_value(ANA).run()
    next(b for b in app.button if b.label == "Veto").click().run()
    assert last(store) == ("Ana", "vetoed")


@pytest.mark.usefixtures("shared")
def test_where_members_enter_only_what_is_theirs_the_rest_is_to_read(
    open_page: Open, store: Store
) -> None:
    store.rate(BRUNO, UP, 4.5)
    store.let_rate_for_others(False)
    app = say(open_page("rate", movie=str(UP)), ANA)
    assert not [button for button in app.button if button.key == "undo"]  # it is Bruno's
    assert any("Bruno 4½" in text for text in said(app))
    store.rate(ANA, UP, 2)
    assert open_page("rate").button("undo").label.startswith("Undo Ana")


@pytest.mark.usefixtures("shared")
def test_nobody_in_particular_is_asked_before_rating(open_page: Open, store: Store) -> None:
    store.let_rate_for_others(False)
    store.add_member("Nobody in particular")
    app = open_page("rate", movie=str(UP))
    assert app.pills(identity.ASKED).options[-2:] == [
        *["Nobody in particular (2)", "Nobody in particular"]
    ]
    assert "Say above who you are, and your stars appear." in said(app)
    say(app, identity.NOBODY)
    app.selectbox("who_rates").set_value(ANA).run()
    assert "who_rates" not in [box.key for box in app.selectbox]


@pytest.mark.usefixtures("shared")
def test_a_page_that_is_older_than_the_rule_can_enter_nothing_for_others(
    open_page: Open, store: Store
) -> None:
    store.rate(BRUNO, UP, 4.5)
    app = say(open_page("rate", movie=str(UP)), ANA)
    assert app.button("undo").label.startswith("Undo Bruno")
    store.let_rate_for_others(False)
    version = store.version()
    app.button("undo").click().run()
    (error,) = app.error
    assert identity.ONLY_OWN.split(";")[0] in error.value
    assert store.version() == version


@pytest.mark.usefixtures("shared")
def test_on_a_night_each_votes_for_themselves_and_for_guests(open_page: Open, store: Store) -> None:
    store.let_rate_for_others(False)
    zoe = store.add_guest("Zoe", loves=[UP])
    night = store.nights.plan(FRIDAY, [ANA, BRUNO, zoe])
    app = say(open_page("night", night=str(night)), ANA)
    assert app.pills("me").options == ["Ana", "Zoe"]
    store.nights.attend(night, [BRUNO])
    app.run()
    assert "me" not in [pills.key for pills in app.pills]
    assert "You can rate and vote once you are here: tap your name above." in said(app)
    assert here(app).value == [BRUNO]


@pytest.mark.usefixtures("shared")
def test_once_there_is_a_vote_nobody_takes_others_off_the_night(
    open_page: Open, store: Store
) -> None:
    store.let_rate_for_others(False)
    night = store.nights.plan(FRIDAY, [ANA, BRUNO])
    app = say(open_page("night", night=str(night)), ANA)
    here(app).set_value([ANA]).run()
    assert store.nights.get(night).present == (ANA,)  # nothing is lost yet
    store.nights.attend(night, [ANA, BRUNO])
    store.nights.edit(night, voting="rank")
    app = open_page("night", night=str(night))
    here(app).set_value([ANA]).run()
    assert [identity.ONLY_OWN.split(";")[0] in error.value for error in app.error] == [True]
    assert store.nights.get(night).present == (ANA, BRUNO)
    assert here(app).value == [ANA, BRUNO]
    here(app).set_value([BRUNO]).run()  # oneself, as before
    assert not app.error
    assert store.nights.get(night).present == (BRUNO,)


@pytest.mark.usefixtures("shared")
def test_nobody_renames_or_takes_away_others_where_each_changes_what_is_theirs(
    open_page: Open, store: Store
) -> None:
    app = say(open_page("club"), ANA)
    store.let_rate_for_others(False)
    version = store.version()
    app.text_input(f"rename_{BRUNO}").set_value("Anna")
    app.button(f"rename_{BRUNO}_save").click().run()  # of a page from before the rule
    assert identity.ONLY_OWN.split(";")[0] in app.error[0].value
    assert store.version() == version
    fresh = open_page("club")
    assert [box.key for box in fresh.text_input if box.key.startswith("rename_")] == [
        f"rename_{ANA}"
    ]
    fresh.text_input(f"rename_{ANA}").set_value("Anna")
    fresh.button(f"rename_{ANA}_save").click().run()
    assert store.members().at[ANA, "name"] == "Anna"


def test_only_hosts_say_what_members_may_do(
    open_page: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("club")
    (toggle,) = (one for one in app.toggle if one.label.startswith("Members rate"))
    toggle.set_value(False).run()
    assert not store.club().for_others
    monkeypatch.setattr(gate, "role", lambda: "member")
    (toggle,) = (one for one in app.toggle if one.label.startswith("Members rate"))
    toggle.set_value(True).run()  # on a page that was drawn for a host
    assert not store.club().for_others
    assert [error.value for error in app.error] == [
        "Only a host can do that\\. Nothing was changed; please try again."
    ]
    member = open_page("club")
    assert not [one for one in member.toggle if one.label.startswith("Members rate")]
    assert "You can rate and vote for yourself; a host can allow more." in said(member)


@pytest.mark.parametrize(
    ("people", "who"), [({}, ADDRESS), ({ADDRESS.upper(): "bruno"}, "Bruno")], ids=["no", "yes"]
)
def test_an_account_stands_beside_the_changes_or_the_member_whose_it_is(
    open_page: Open,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    people: dict[str, str],
    who: str,
) -> None:
    lists = {"hosts": [], "members": [ADDRESS], "people": people}
    auth = {"client_id": "x", "cookie_secret": "0123456789abcdef" * 2}
    monkeypatch.setattr(st, "secrets", {"auth": auth, "club": lists})
    monkeypatch.setattr(login, "email", lambda: ADDRESS)
    app = open_page("movie", movie=str(UP))
    assert asks(app) is (not people)
    click(app, "On the shortlist")
    assert last(store) == (who, "took off the shortlist")
    store.let_rate_for_others(False)
    night = store.nights.plan(FRIDAY, [ANA, BRUNO])
    pills = open_page("night", night=str(night), me="Ana").pills
    options = [one.options for one in pills if one.key == "me"]
    assert options == ([["Bruno"]] if people else [])


def test_nobody_says_to_be_who_has_an_account(
    open_page: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = {"hosts": [], "members": [ADDRESS], "people": {}}
    auth = {"client_id": "x", "cookie_secret": "0123456789abcdef" * 2}
    monkeypatch.setattr(st, "secrets", {"auth": auth, "club": lists})
    monkeypatch.setattr(login, "email", lambda: ADDRESS)
    app = open_page("club")
    assert "Ana" in app.pills(identity.ASKED).options
    say(app, ANA)
    lists["people"] = {"ana@example.org": "Ana"}
    store.let_rate_for_others(False)
    app = open_page("club")
    assert "Ana" not in app.selectbox("you_are").options
    assert app.selectbox("you_are").value == identity.NOBODY
    assert identity.me(state.view()) is None
    lists["people"][ADDRESS] = "Ana"  # two accounts of one person
    assert identity.me(state.view()) == ANA


def test_an_account_of_odd_letters_stands_as_the_club_can_keep_it(
    open_page: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = {"client_id": "x", "cookie_secret": "0123456789abcdef" * 2}
    monkeypatch.setattr(st, "secrets", {"auth": auth, "club": {"members": [ODD]}})
    monkeypatch.setattr(login, "email", lambda: ODD)
    click(open_page("movie", movie=str(UP)), "On the shortlist")
    who, _ = last(store)
    assert who.startswith("bea")
    assert who.isprintable()
    assert len(who) <= 60


def test_the_list_of_changes_says_what_happened_in_words(open_page: Open, store: Store) -> None:
    mine = store.by("**Bold** <b>")
    mine.rate(ANA, UP, 4.5)
    mine.rate_many([(ANA, UP, 1), (BRUNO, UP, 2)])
    night = mine.nights.plan(FRIDAY)
    mine.nights.attend(night, [ANA])
    gone = mine.nights.plan(FRIDAY)
    mine.nights.delete(gone)
    table = next(t.value for t in open_page("club").dataframe if "What" in t.value)
    assert table["What"].tolist()[:6] == [
        "deleted a night: a night",
        "planned a night: a night",
        "said who is there: Friday, 27 November 2026",
        "planned a night: Friday, 27 November 2026",
        "rated: 2 ratings of Ana and Bruno",
        "rated: Ana, Up (2009), 4½",
    ]
    assert table["Who"].tolist()[:6] == ["**Bold** <b>"] * 6  # cells of a table are no Markdown
    assert table["Who"].tolist()[-1] == "–"
