import logging

import pytest

from results_portal.web import client_address as module
from results_portal.web.client_address import client_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, "192.0.2.1"),
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "written by the visitor, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "203.0.113.9:1234", "203.0.113.9"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, '"[2001:db8::1]:443"', "2001:db8::1"),
        (1, "203.0.113.9:1234, 198.51.100.7:80", "198.51.100.7"),
        (1, "unknown", "unknown"),
        (1, "203.0.113.9:port", "unknown"),
        (1, "fe80::1%eth0", "fe80::1"),
    ],
)
def test_only_addresses_added_by_our_own_proxies_count(rf, settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    assert client_address(rf.get("/", REMOTE_ADDR="192.0.2.1", **headers)) == expected


def test_an_unreadable_address_is_an_error_in_the_log_once_and_never_its_text(
    rf, settings, caplog, monkeypatch
):
    monkeypatch.setattr(module, "_unreadable_was_said", False)
    settings.TRUSTED_PROXY_COUNT = 1
    for written in ("from 203.0.113.9", "_hidden"):
        headers = {"HTTP_X_FORWARDED_FOR": written}
        assert client_address(rf.get("/", REMOTE_ADDR="192.0.2.1", **headers)) == "unknown"
    ((_name, level, text),) = caplog.record_tuples
    assert level == logging.ERROR
    assert "TRUSTED_PROXY_COUNT" in text
    assert "203.0.113.9" not in text
