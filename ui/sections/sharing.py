"""How friends reach the club, a section of the Club page while it is shared."""

from __future__ import annotations

import streamlit as st

from club.sharing import home_address, qr_svg
from ui import access


def section() -> None:
    """Draw the address for the phones, and the way to become host; nothing where not shared."""
    if not access.is_shared():
        return
    st.subheader("On your phones", anchor=False)
    here = home_address(int(st.get_option("server.port")))
    if here is None:
        st.caption("This computer is on no network now, so that only it can open the app.")
    else:
        with st.container(horizontal=True, vertical_alignment="center", key="sharing"):
            st.image(qr_svg(here), width=160, alt=f"QR code of {here}")
            with st.container(width=280):
                st.code(here, language=None)
                st.caption("Scan it on the same Wi-Fi; the passphrase is not in it.")
    if access.can_become_host():
        st.link_button("Become a host", access.SIGN_IN, icon=":material/key:")
