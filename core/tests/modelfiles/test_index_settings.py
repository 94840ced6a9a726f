"""The index that pip or uv would use."""

import pytest

from voicegateway.modelfiles.index_settings import index_settings


def test_nothing_is_configured():
    assert index_settings().url is None


@pytest.mark.parametrize("name", ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_the_environment(monkeypatch, name):
    monkeypatch.setenv(name, "https://mirror.example/simple")
    assert index_settings().url == "https://mirror.example/simple"


def test_pip_comes_before_uv(monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example/simple")
    monkeypatch.setenv("PIP_INDEX_URL", "https://pip.example/simple")
    assert index_settings().url == "https://pip.example/simple"


def test_a_named_index_of_uv(monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "corp=https://mirror.example/simple")
    assert index_settings().url == "https://mirror.example/simple"


def test_a_login_is_kept_apart(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://joe:p%40ss@mirror.example:8443/simple")
    found = index_settings()
    assert found.url == "https://mirror.example:8443/simple"
    assert found.login == ("joe", "p@ss")
    assert "p@ss" not in repr(found)


def test_a_file_of_pips(monkeypatch, tmp_path):
    path = tmp_path / "pip.conf"
    path.write_text("[global]\nindex-url = https://a.example/simple\ncert = /etc/ca.pem\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(path))
    found = index_settings()
    assert (found.url, found.certificates) == ("https://a.example/simple", "/etc/ca.pem")


def test_the_users_own_file(monkeypatch, tmp_path):
    monkeypatch.delenv("PIP_CONFIG_FILE")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "pip.conf").write_text("[install]\nindex-url=https://b.example/simple\n")
    assert index_settings().url == "https://b.example/simple"


def test_a_file_that_cannot_be_read_is_passed_over(monkeypatch, tmp_path):
    path = tmp_path / "pip.conf"
    path.write_text("no section\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("voicegateway.modelfiles.index_settings._configuration_folders", list)
    assert index_settings().url is None


def test_no_file_at_all(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "pip.conf").write_text("[global]\nindex-url=https://b.example/simple\n")
    assert index_settings().url is None  # PIP_CONFIG_FILE is the null device
