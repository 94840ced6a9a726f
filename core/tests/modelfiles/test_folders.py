"""Where models are, and where they are not written."""

from pathlib import Path

import pytest

from voicegateway.errors import ModelFileError
from voicegateway.modelfiles import bundle_folder, fetch, models_folder


def test_the_variable_wins(monkeypatch, tmp_path):
    monkeypatch.setenv("VOICEGW_MODELS_DIR", str(tmp_path))
    assert bundle_folder("acme", "tiny.en") == tmp_path / "acme" / "tiny.en"


def test_the_cache_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("VOICEGW_MODELS_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert models_folder() == tmp_path / "voicegateway" / "models"


@pytest.mark.parametrize("cache", ["", "relative/cache"])
def test_the_home_folder(monkeypatch, cache):
    monkeypatch.delenv("VOICEGW_MODELS_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", cache)
    assert models_folder() == Path.home() / ".cache" / "voicegateway" / "models"


def test_a_tilde_is_the_home_folder(monkeypatch):
    monkeypatch.setenv("VOICEGW_MODELS_DIR", "~/models")
    assert models_folder() == Path.home() / "models"


@pytest.mark.parametrize(
    "model", ["..", "../up", "/etc", "a//b", "", ".hidden", "a/.fetch", "a\\b", "C:x", "a/", "a\0b"]
)
def test_a_name_that_leads_out(model):
    with pytest.raises(ModelFileError, match="cannot be a model file's"):
        bundle_folder("acme", model)


@pytest.mark.parametrize("path", ["../m.bin", "/m.bin", "a/../../m.bin", ".fetch/m.bin"])
def test_a_file_that_leads_out(web, make, path):
    source = make.url(web.put("/m.bin", b"abc"))
    with pytest.raises(ModelFileError, match="cannot be a model file's"):
        fetch("acme", make.bundle(make.file(path, b"abc", source)))
    assert web.asked == []


def test_a_link_that_leads_out(web, make, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = bundle_folder("acme", "tiny")
    folder.mkdir(parents=True)
    (folder / "link").symlink_to(outside)
    source = make.url(web.put("/m.bin", b"abc"))
    with pytest.raises(ModelFileError, match="outside its folder"):
        fetch("acme", make.bundle(make.file("link/m.bin", b"abc", source)))
    assert list(outside.iterdir()) == []
