"""How friends reach the club, a section of the Club page while it is shared."""

from __future__ import annotations

import streamlit as st

from ui import gate


def section() -> None:
    """Draw the address for the phones, and the way to become host; nothing where not shared."""
    if not gate.is_shared():
        return
    # Needed only here, where the club is shared.
    from club.home_network import address, svg  # noqa: PLC0415

    st.subheader("On your phones", anchor=False)
    here = address(int(st.get_option("server.port")))
    if here is None:
        st.caption("This computer is on no network now, so that only it can open the app.")
    else:
        with st.container(horizontal=True, vertical_alignment="center", key="sharing"):
            st.image(svg(here), width=160, alt=f"QR code of {here}")
            with st.container(width=280):
                st.code(here, language=None)
                st.caption("Scan it on the same Wi-Fi; the passphrase is not in it.")
    if not gate.by_accounts() and not gate.is_host() and gate.gate().has_host_passphrase():
        with st.expander("Become a host", icon=":material/key:"):
            gate.ask("The host’s passphrase", "Become a host")
