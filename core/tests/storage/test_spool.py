"""The files of a spool: order, limits, damage."""

from __future__ import annotations

import errno
import os
from itertools import chain
from pathlib import Path

import ledger_kit as kit
import pytest

from voicegateway.errors import LedgerError
from voicegateway.storage.spool import segments
from voicegateway.storage.spool.folders import SpoolFolder, spool_folder, spool_limit
from voicegateway.storage.spool.frames import framed
from voicegateway.storage.spool.orphans import Legacy
from voicegateway.storage.spool.spool import Spool


@pytest.fixture
def folder(tmp_path: Path) -> SpoolFolder:
    return SpoolFolder(tmp_path / "state" / "spool" / "ledger", "fleet://host/db")


def spool_in(folder: SpoolFolder, limit: int = 256_000_000, *, power: bool = False) -> Spool:
    return Spool(folder, limit=limit, power=power)


def files(folder: SpoolFolder) -> list[Path]:
    return sorted(folder.path.glob("*/*.spool"))


def drain(source) -> list:
    found = []
    while (piece := source.take()) is not None:
        found += piece.records
        source.done(piece)
    return found


def abandoned(folder: SpoolFolder, *batches: list) -> Path:
    """A spool whose process was killed."""
    spool = spool_in(folder)
    for batch in batches:
        spool.add(batch)
    spool._files._owned.lock.release()
    (file,) = files(folder)
    return file


def test_what_goes_in_comes_out_in_order_and_leaves_nothing(folder) -> None:
    spool = spool_in(folder)
    batches = [kit.mixed(50, seed=seed) for seed in range(10)]
    for batch in batches[:6]:
        spool.add(batch)
    found = drain(spool)
    for batch in batches[6:]:
        spool.add(batch)
    assert spool.waiting == 200
    assert found + drain(spool) == list(chain(*batches))
    assert (spool.added, spool.settled, spool.waiting) == (500, 500, 0)
    spool.close()
    assert {path.name for path in folder.path.iterdir()} == {"guard", "ledger"}


@pytest.mark.parametrize("limit", [256_000_000, 40_000_000])
def test_more_than_memory_keeps_is_read_back_in_order(folder, limit: int) -> None:
    spool = spool_in(folder, limit)
    batches = [kit.mixed(500, seed=seed) for seed in range(30)]
    for batch in batches:
        spool.add(batch)
    assert len(files(folder)) > 1
    assert drain(spool) == list(chain(*batches))
    assert spool.unsaved == 0
    spool.add(batches[0])
    assert drain(spool) == batches[0]
    assert len(files(folder)) == 1


def test_at_the_limit_records_wait_in_memory_in_their_place(folder, caplog) -> None:
    spool = spool_in(folder, 100_000)
    batches = [kit.mixed(20, seed=seed) for seed in range(30)]
    for batch in batches:
        spool.add(batch)
    assert 0 < spool.unsaved < 600
    assert folder.size() <= 100_000
    assert sum("cannot take records" in one.getMessage() for one in caplog.records) == 1
    assert drain(spool) == list(chain(*batches))
    assert (spool.unsaved, spool.waiting) == (0, 0)


def test_the_limit_is_for_all_processes_of_a_machine(folder) -> None:
    first = spool_in(folder, 60_000)
    for seed in range(20):
        first.add(kit.mixed(20, seed=seed))
    second = spool_in(folder, 60_000)
    second.add(kit.mixed(1))
    assert second.unsaved == 1


def test_a_disk_that_is_full_for_a_while(folder, monkeypatch) -> None:
    spool = spool_in(folder)
    batches = [kit.mixed(3, seed=seed) for seed in range(3)]
    spool.add(batches[0])
    write = os.write

    def half(file: int, data: bytes) -> int:
        if len(data) > 10:
            return write(file, data[:10])  # a part of the frame gets there
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(segments.os, "write", half)
    spool.add(batches[1])
    assert spool.unsaved == 3
    monkeypatch.undo()
    spool._files._failed = None  # a second later
    spool.add(batches[2])
    assert spool.unsaved == 3
    assert drain(spool) == list(chain(*batches))


@pytest.mark.parametrize("cut", [1, 5, 100])
def test_a_torn_tail_is_cut_off(folder, caplog, cut: int) -> None:
    first, second = kit.mixed(5, seed=1), kit.mixed(5, seed=2)
    file = abandoned(folder, first, second)
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size - cut)
    owned = folder.orphan()
    assert owned is not None
    assert drain(Legacy(owned)) == first
    assert "no whole record" in caplog.text


def test_a_flipped_bit_is_noticed(folder) -> None:
    first, second = kit.mixed(5, seed=1), kit.mixed(5, seed=2)
    file = abandoned(folder, first, second)
    data = bytearray(file.read_bytes())
    data[-20] ^= 1
    file.write_bytes(data)
    assert drain(Legacy(folder.orphan())) == first


def test_damage_to_our_own_files_is_counted(folder, caplog) -> None:
    spool = spool_in(folder)
    batches = [kit.mixed(500, seed=seed) for seed in range(30)]
    for batch in batches:
        spool.add(batch)
    oldest = files(folder)[0]
    data = bytearray(oldest.read_bytes())
    data[len(data) // 2] ^= 1
    oldest.write_bytes(data)
    found = drain(spool)
    assert spool.waiting == 0
    lost = 15_000 - len(found)
    assert lost > 0
    assert f"{lost} records could not be read back" in caplog.text


@pytest.mark.parametrize("size", [0, 4])
def test_a_process_killed_while_it_made_the_file(folder, size: int) -> None:
    file = abandoned(folder, kit.mixed(1))
    with file.open("r+b") as opened:
        opened.truncate(size)
    assert drain(Legacy(folder.orphan())) == []


def test_a_newer_format_is_left_alone(folder) -> None:
    file = abandoned(folder, kit.mixed(1))
    file.write_bytes(framed(b"voicegw spool 2") + b"who knows")
    owned = folder.orphan()
    with pytest.raises(segments.NewerSpoolError):
        drain(Legacy(owned))
    owned.lock.release()
    assert folder.orphan({owned.path}) is None
    assert file.exists()


def test_a_living_process_is_no_orphan(folder) -> None:
    spool = spool_in(folder)
    spool.add(kit.mixed(1))
    assert folder.orphan() is None
    spool.close()  # with a record in it
    owned = folder.orphan()
    assert owned is not None
    assert folder.orphan() is None  # one heir
    folder.remove(owned)
    assert folder.orphan() is None


def test_only_the_owner_may_read(folder) -> None:
    before = os.umask(0)
    try:
        spool_in(folder).add(kit.mixed(1))
    finally:
        os.umask(before)
    made = [folder.path.parent.parent, folder.path.parent, *folder.path.parent.rglob("*")]
    assert len(made) >= 7
    for path in made:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_power_loss_costs_a_sync_an_addition(folder, monkeypatch) -> None:
    synced = []
    monkeypatch.setattr(segments.os, "fsync", synced.append)
    spool_in(folder).add(kit.mixed(1))
    assert not synced
    spool = spool_in(folder, power=True)
    spool.add(kit.mixed(1))
    made = len(synced)
    assert made >= 2  # the file and its folder
    spool.add(kit.mixed(1))
    assert len(synced) == made + 1


def test_where_it_is(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("VOICEGW_SPOOL_DIR", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    one, other = spool_folder("postgresql://a@host/db"), spool_folder("postgresql://b@host/db")
    assert one.path.parent == tmp_path / "voicegateway" / "spool"
    assert one.path != other.path
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert spool_folder("x").path.is_relative_to(tmp_path / "home" / ".local" / "state")
    monkeypatch.setenv("VOICEGW_SPOOL_DIR", str(tmp_path / "elsewhere"))
    assert spool_folder("x").path.parent == tmp_path / "elsewhere"


def test_how_large_it_may_grow(monkeypatch) -> None:
    monkeypatch.delenv("VOICEGW_SPOOL_MB", raising=False)
    assert spool_limit() == 256_000_000
    monkeypatch.setenv("VOICEGW_SPOOL_MB", "0.5")
    assert spool_limit() == 500_000
    for wrong in ("much", "-1", "0", "nan", "inf"):
        monkeypatch.setenv("VOICEGW_SPOOL_MB", wrong)
        with pytest.raises(LedgerError, match="VOICEGW_SPOOL_MB"):
            spool_limit()
