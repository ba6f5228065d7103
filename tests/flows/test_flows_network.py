from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from flows.exits import UnusableError
from flows.network import network


@pytest.mark.parametrize(
    "proxy", ["", "http://127.0.0.1:8118", "https://proxy.gansu.example:443", "socks5h://p:1080"]
)
def test_proxy_and_certificates_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, proxy: str
) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("GOUJI_PROXY", proxy)
    monkeypatch.setenv("GOUJI_CA_FILE", str(tmp_path / "ca.pem"))
    made = network({"a.example": ("127.0.0.1", 1)})
    assert (made.proxy, made.ca_file) == (proxy, tmp_path / "ca.pem")
    assert made.loopback == {"a.example": ("127.0.0.1", 1)}
    monkeypatch.delenv("GOUJI_CA_FILE")
    assert network({}).ca_file.is_file(), "else the authorities that browsers trust"


@pytest.mark.parametrize(
    "proxy", ["proxy:8080", "ftp://p:21", "http://p", "http://", "socks5://p:1080", "http://p:x"]
)
def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("GOUJI_PROXY", proxy)
    with pytest.raises(UnusableError, match="GOUJI_PROXY must be"):
        network({})


@pytest.mark.parametrize(("content", "word"), [(None, "No such file"), ("hello", "no certificate")])
def test_certificates_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None, word: str
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("GOUJI_CA_FILE", str(path))
    with pytest.raises(UnusableError, match=word):
        network({})
