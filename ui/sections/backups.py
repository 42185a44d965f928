"""Backups: what there is, one more now, and the way back to one; and files for other programs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import cast

import streamlit as st

from club import backup as backups
from club import config
from club.backup import Backup
from club.export import everything, for_letterboxd, ratings_csv
from club.restore import Preview, preview, restore
from ui import access, state
from ui.components.basics import change, download_button, errors_shown, file_name, notify, row
from ui.state import View
from ui.text import ago, moment_of, plain

LETTERBOXD = "https://letterboxd.com/import/"
Chosen = tuple[Path, bytes | None]  # a backup of ours; or the name and content of an upload
CHOSEN, SEEN, SURE, ROUND = "restore_chosen", "restore_seen", "restore_yes", "restore_round"
REASONS = {
    "before-restore": "before going back to another one",
    "before-move": "before another club moved in",
    "damaged": "damaged when it was replaced",
}
WHAT = (
    "The club is backed up when the app starts and once a day. The newest of each of the last 7 "
    "days, 4 weeks and 12 months is kept."
)


def section(club: View) -> None:
    """Draw the last backup, the others, and what can be done with them."""
    if not access.is_host():
        st.caption("Only a host can see the backups.")
        return
    found = backups.find(state.store().database)
    newest = next((backup for backup in found if backup.reason is None), None)
    last = "There is no backup yet."
    if newest is not None:
        last = f"The last backup was made {ago(newest.made_at)} ({_size(newest.size)})."
    with row("last_backup"):
        st.markdown(last, width="stretch")
        st.button("Back up now", key="back_up", icon=":material/save:", on_click=_back_up)
    if problem := state.backup_scheduler().status.message:
        st.warning(f"The last backup failed. {plain(problem)}", icon=":material/error:")
    with st.expander(f"All backups ({len(found)})", icon=":material/inventory_2:", key="backups"):
        st.caption(f"{WHAT} They are in {plain(backups.folder(state.store().database))}.")
        for backup in found:
            _row(backup)
        key = f"restore_file_{st.session_state.get(ROUND, 0)}"
        label = "Or one that you downloaded"  # here or on another computer
        st.file_uploader(label, type=["db"], key=key, on_change=_upload, args=(key,))
    if CHOSEN in st.session_state:
        _confirm(club, st.session_state[CHOSEN])


def _back_up() -> None:
    @access.host_only
    def roll() -> None:
        made = backups.roll(state.store())
        notify("The club is backed up." if made else "Nothing has changed since the last one.")

    change(roll)


def _row(backup: Backup) -> None:
    name = backup.file.stem
    when = moment_of(backup.made_at)
    with row(f"row_{name}"):
        reason = REASONS.get(backup.reason or "", plain(backup.reason or ""))
        why = f"  \n:gray[:small[{reason}]]" if reason else ""
        st.markdown(f"{when}{why}", width="stretch")
        st.caption(_size(backup.size), width="content")
        download_button(
            "",
            backup.file.read_bytes,  # read on the click only
            backup.file.name,
            f"download_{name}",
            help=f"Download the backup of {when}",
            icon=":material/download:",
            type="tertiary",
        )
        if backup.reason != "damaged":
            st.button(
                "",
                key=f"restore_{name}",
                help=f"Go back to {when}, after a look",
                icon=":material/settings_backup_restore:",
                type="tertiary",
                on_click=_choose,
                args=((backup.file, None),),
            )


def _upload(key: str) -> None:
    if file := st.session_state[key]:
        _choose((Path(file_name(file.name)), file.getvalue()))


def _choose(chosen: Chosen) -> None:
    _leave()
    st.session_state[CHOSEN] = chosen


def _look(club: View, chosen: Chosen) -> Preview | None:
    """Return what the restore would do, as the club is now; None, and why, if it cannot be."""
    version, found = st.session_state.get(SEEN, (None, None))
    if version == club.state.version:
        return cast("Preview", found)
    with errors_shown(), st.spinner("Comparing …"):
        found = preview(config.database(), *chosen)
        st.session_state[SEEN] = club.state.version, found
        st.session_state.pop(SURE, None)  # the club has changed since
        return found
    _leave()
    return None


def _leave() -> None:
    for name in (CHOSEN, SEEN, SURE):
        st.session_state.pop(name, None)


def _confirm(club: View, chosen: Chosen) -> None:
    """Draw what the restore would do, and ask."""
    found = _look(club, chosen)
    if found is None:
        return
    with st.container(border=True, key="restore_preview"):
        then = found.backup
        st.markdown(f"## Go back to {plain(then.name)} as it was on {moment_of(then.changed_at)}?")
        st.dataframe(found.table, hide_index=True, width="stretch")
        st.caption("Today's club is backed up first, so you can come back to it.")
        sure = st.checkbox("Yes, replace today's club", key=SURE)
        with st.container(horizontal=True):
            icon = ":material/settings_backup_restore:"
            asked = st.button(
                "Restore", key="restore_sure", type="primary", icon=icon, disabled=not sure
            )
            st.button("Cancel", key="restore_leave", on_click=_leave)
        if asked:
            _restore(chosen)


def _restore(chosen: Chosen) -> None:
    def back() -> None:
        file, content = chosen
        restore(config.database(), file, content=content, who=state.store().database.actor)
        state.learn()

    with st.spinner("Restoring …"):
        change(access.host_only(back), done="The club is as it was then.")
    _leave()
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.rerun()


def _size(count: int) -> str:
    return f"{max(count, 100_000) / 1e6:,.1f} MB"


def exports(club: View) -> None:
    """Draw the buttons that download ratings, everything, and one member's movies."""
    st.header("For other programs", anchor=False)
    st.caption(
        "Votes and stars that are still hidden stay out. *Import ratings* reads these files again; "
        "what brings back a whole club is a backup."
    )
    with st.container(horizontal=True):
        rated = partial(ratings_csv, state.store(), club.movies)
        icon = ":material/star_half:"
        download_button("All ratings (CSV)", rated, "ratings.csv", "export_ratings", icon=icon)
        download_button(
            "Everything (ZIP)",
            partial(everything, state.store(), club.movies),
            "movie-club.zip",
            "export_all",
            icon=":material/folder_zip:",
            help="All that the club knows, as CSV files",
        )
    if not club.names:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        member = st.selectbox(
            "For Letterboxd",
            list(club.names),
            index=None,
            format_func=club.names.__getitem__,
            placeholder="Whose movies?",
            key="letterboxd_of",
            width=240,
        )
        if member is None:
            return
        rows = partial(for_letterboxd, state.store(), club.movies, member)
        key, icon = f"export_letterboxd_{member}", ":material/download:"
        download_button("Download (CSV)", rows, "letterboxd.csv", key, icon=icon)
    st.caption(f"[Letterboxd]({LETTERBOXD}) reads it.")
