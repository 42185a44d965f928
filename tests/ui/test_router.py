"""Addresses that are served before Streamlit."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ui import router


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/tonight", "/"),
        ("/tonight?away=3", "/?away=3"),
        ("/taste?member=3", "/club?member=3&about=Our+taste"),
        ("/evaluation", "/settings?set=How+we+know"),
    ],
)
def test_other_addresses_lead_to_todays_page(asked: str, leads_to: str) -> None:
    client = TestClient(Starlette(routes=router.routes()), follow_redirects=False)
    assert client.get(asked).headers["location"] == leads_to
    assert client.get(leads_to).status_code == 200
