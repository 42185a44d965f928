"""A chart with its text alternative and its numbers as a table, the same on every page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from ui.charts.style import for_dark_page, headline, table_of
from ui.text import plain


def chart(
    figure: go.Figure,
    key: str,
    table: pd.DataFrame | None = None,
    *,
    tabled: bool = True,
    **look: Any,
) -> Any:
    """Draw a figure under its title, which is also its text alternative, and its table below.

    Args:
        table: what the figure shows, where `table_of` cannot read it.
        tabled: whether the numbers are there as a table, too.

    Returns:
        What `st.plotly_chart` returns; `look` goes there.
    """
    title = headline(figure)
    if tabled:
        table = table_of(figure) if table is None else table
    figure.layout.meta = None
    if st.context.theme.type == "dark":
        for_dark_page(figure)
    with st.container():  # one place in a grid
        st.subheader(plain(title), anchor=False)
        shown: dict[str, Any] = {"config": {"displayModeBar": False}, "key": key, "alt": title}
        event = st.plotly_chart(figure, **shown | look)
        if table is not None:
            with st.expander("The same as a table", icon=":material/table_rows:"):
                draw_table(table, f"{title}, as a table")
    return event


def draw_counts(counts: Mapping[str, int], columns: int = 4, *, border: bool = False) -> None:
    """Draw numbers side by side by their labels; `border` as `st.grid` takes it."""
    with st.grid(columns=columns, min_column_width=560 // columns, border=border, gap="small"):
        for label, number in counts.items():
            st.metric(label, f"{number:,}")


def draw_table(
    table: pd.DataFrame,
    alt: str,
    digits: int = 2,
    columns: Mapping[str, Any] = MappingProxyType({}),
    height: int | None = None,
) -> None:
    """Draw a table without its index; fractions have `digits` behind the point."""
    number = st.column_config.NumberColumn(format=f"%.{digits}f")
    config = dict.fromkeys(table.select_dtypes("float").columns, number) | dict(columns)
    fits: Literal["auto"] | int = (
        "auto" if height is None else min(36 * (len(table) + 1) + 2, height)
    )
    st.dataframe(table, hide_index=True, column_config=config, alt=alt, height=fits)
