"""A tidy frame in, a Plotly figure out; each title says what the figure shows.

Charts take frames that the recommender's functions return, with names in place of ids, and at
least one row; they check nothing and know no Streamlit.
"""
