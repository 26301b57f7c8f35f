import pytest


@pytest.fixture(params=["on", "off"], autouse=True)
def fast_path(request, settings):
    """Each page of results is the same, put together from prepared parts and by its template."""
    settings.FAST_PATH = request.param
    return request.param
