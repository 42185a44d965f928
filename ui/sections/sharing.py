"""Who this browser is, what members may do, and the way in for phones: a part of the settings."""

from __future__ import annotations

import streamlit as st

from club.sharing import home_address, qr_svg
from ui import access, state
from ui.components.basics import change, key_of
from ui.state import View


def section(club: View) -> None:
    """Draw who the visitor is, what members may do, and the address for the phones."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.header("You", anchor=False)
        access.choose_name(club)
        _for_others(club)
        if access.can_become_host():
            st.link_button("Become a host", access.SIGN_IN, icon=":material/key:")
        access.log_out_button()
    with right:
        st.header("On your phones", anchor=False)
        _address()


def _for_others(club: View) -> None:
    """Draw whether members may enter what is another's: to be changed by a host."""
    allowed = club.club.for_others
    if not access.is_host():
        others = "for everyone" if allowed else "for yourself; a host can allow more"
        st.caption(f"You can rate and vote {others}.")
        return
    key = key_of("for_others", allowed)

    def save() -> None:
        let = access.host_only(state.store().let_rate_for_others)
        change(let, bool(st.session_state[key]))

    st.toggle(
        "Members may rate and vote for each other",
        allowed,
        key=key,
        on_change=save,
        help="Off: everyone only for themselves and for guests. Hosts always may.",
    )


def _address() -> None:
    if not access.is_shared():
        st.markdown("So far only this computer can open the app. `make share` lets your phones in.")
        return
    here = home_address(int(st.get_option("server.port")))
    if here is None:
        st.caption("This computer is on no network, so your phones cannot find it.")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="sharing"):
        st.image(qr_svg(here), width=160, alt=f"QR code of {here}")
        with st.container(width=280):
            st.code(here, language=None)
            st.caption("Scan it on the same Wi-Fi, then enter the passphrase.")
