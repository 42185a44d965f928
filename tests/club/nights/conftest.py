import pytest


@pytest.fixture
def people(store) -> list[int]:
    """Two members and a guest."""
    return [store.members.add("Ana"), store.members.add("Bo"), store.members.add_guest("Gil")]
