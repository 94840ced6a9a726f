"""The checks of `voicegw plugins check`, run on one plugin in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from voicegateway.core.contract import describe, load_plugin
from voicegateway.core.discovery import Found
from voicegateway.core.inspection import answers, factories, loading, prices
from voicegateway.core.inspection.results import CheckResult, Step, failed, ok
from voicegateway.core.provider import Provider
from voicegateway.errors import PluginError

__all__ = ["check"]

_HOOKS: tuple[tuple[Step, Callable[[Provider], CheckResult]], ...] = (
    (Step.INFO, answers.check_info),
    (Step.RATES, prices.check_rates),
    (Step.PRICES, prices.check_prices),
    (Step.VERDICTS, answers.check_verdicts),
    (Step.THREADS, lambda _: _threads()),
    (Step.FACTORIES, factories.check_factories),
)


def check(provider: str, distribution: str) -> Iterator[dict[str, Any]]:
    """A message before each step, so that a crash has a name, and one with what it found."""
    for message in _results(provider, distribution):
        if isinstance(message, Step):
            yield {"step": message}
        else:
            yield {"value": [message.step, message.outcome, message.detail]}


def _results(provider: str, distribution: str) -> Iterator[Step | CheckResult]:
    found = loading.find(provider, distribution)
    own = loading.own_packages()
    yield Step.LOAD
    with loading.watch_imports(own) as imports:
        plugin, trouble = _load(found)
    noise = loading.printed()
    if trouble is None:
        yield ok(Step.LOAD)
        yield _imports(imports.heavy())
        yield _output(noise)
    else:
        yield failed(Step.LOAD, trouble)
        return
    yield Step.HOOKS
    try:
        manager = load_plugin(provider, plugin)
    except PluginError as error:
        yield failed(Step.HOOKS, describe(error))
        yield _threads()
        return
    yield ok(Step.HOOKS)
    loaded = Provider(provider, found.distribution, found.version, manager)
    yield from _asked(loaded)


def _asked(provider: Provider) -> Iterable[Step | CheckResult]:
    for step, look in _HOOKS:
        yield step
        try:
            yield look(provider)
        except SystemExit as error:
            yield failed(step, f"it calls sys.exit({error.code!r})")
        except BaseException as error:  # noqa: BLE001 - a hook may raise anything at all
            yield failed(step, describe(error))


def _load(found: Found) -> tuple[object, str | None]:
    try:
        return found.load(), None
    except SystemExit as error:
        return None, f"it calls sys.exit({error.code!r}) when it is imported"
    except BaseException as error:  # noqa: BLE001 - as above
        return None, f"it cannot be imported: {describe(error)}"


def _imports(heavy: list[str]) -> CheckResult:
    if not heavy:
        return ok(Step.IMPORTS)
    names = ", ".join(heavy)
    where = "import it inside the factory that needs it"
    return failed(Step.IMPORTS, f"it imports {names} at the top, which every command pays: {where}")


def _output(noise: str | None) -> CheckResult:
    if noise is None:
        return ok(Step.OUTPUT)
    return failed(Step.OUTPUT, f"it prints when it is imported, on {noise}")


def _threads() -> CheckResult:
    left = loading.threads_left()
    if not left:
        return ok(Step.THREADS)
    return failed(Step.THREADS, f"it starts threads and leaves them running: {', '.join(left)}")
