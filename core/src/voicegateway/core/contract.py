"""Hold a plugin to `voicegateway.hookspecs`: when it is loaded, and in what its hooks return."""

from __future__ import annotations

import difflib
import inspect
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pluggy

from voicegateway import hookspecs
from voicegateway.errors import PluginError
from voicegateway.types import Modality, PriceQuote

__all__ = [
    "AWAITABLE_HOOKS",
    "PRELOAD_HINT",
    "blames_thread",
    "call",
    "describe",
    "discard",
    "is_money_exact",
    "is_native",
    "load_plugin",
]

AWAITABLE_HOOKS = frozenset({"check_provider"})
PRELOAD_HINT = "call voicegateway.preload() when the agent file is imported"


def load_plugin(provider_id: str, plugin: object) -> pluggy.PluginManager:
    """Register one plugin object with a manager of its own, and hold it to the contract.

    Each provider has its own manager (about 175 µs), so that nobody can answer for somebody
    else's id and a broken plugin breaks nothing but itself. Raises `PluginError`."""
    manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(plugin, name=provider_id)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        reasons = [*_misspelt(manager, plugin), " ".join(str(error).split())]
        raise PluginError(reasons[0]) from error
    callers = manager.get_hookcallers(plugin) or []
    if not callers:
        raise PluginError(
            "it has no hook implementation: decorate at least one of its functions with "
            "@voicegateway.hookimpl"
        )
    for caller in callers:
        for implementation in caller.get_hookimpls():
            _refuse_async(caller.name, implementation)
            _refuse_uncallable(caller.name, implementation)
    return manager


def _misspelt(manager: pluggy.PluginManager, plugin: object) -> Iterator[str]:
    """What is misspelt in a plugin that pluggy refused: a hook, or an argument of one."""
    specs = {name: caller for name, caller in vars(manager.hook).items() if caller.has_spec()}
    for attribute in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, attribute)
        if options is None or options.get("optionalhook"):
            continue
        hook = options.get("specname") or attribute
        if hook not in specs:
            yield f"it implements a hook {hook!r} that does not exist: {_nearest(hook, specs)}"
            continue
        offered = _needs(getattr(hookspecs, hook))
        for name in _needs(getattr(plugin, attribute)):
            if name not in offered:
                hint = _nearest(name, offered)
                yield f"its hook {hook!r} takes an argument {name!r} that is not offered: {hint}"


def _needs(function: Any) -> tuple[str, ...]:
    """The arguments without a default; by its code, for annotations may not resolve at run time."""
    bound = inspect.ismethod(function)
    function = inspect.unwrap(function)
    count = function.__code__.co_argcount - len(function.__defaults__ or ())
    names: tuple[str, ...] = function.__code__.co_varnames[:count]
    return names[1:] if bound else names


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(known))}"


def _refuse_async(hook: str, implementation: pluggy.HookImpl) -> None:
    function = inspect.unwrap(implementation.function)
    if inspect.isasyncgenfunction(function) or (
        inspect.iscoroutinefunction(function) and hook not in AWAITABLE_HOOKS
    ):
        raise PluginError(
            f"its hook {hook!r} is async: hooks are synchronous, return an object with async "
            "methods instead"
        )


def _refuse_uncallable(hook: str, implementation: pluggy.HookImpl) -> None:
    """Arguments are passed by position: a keyword-only one, or the `self` of a class that
    nobody made an instance of, would fail at the first call."""
    function = implementation.function
    if inspect.isclass(implementation.plugin) and _needs(function)[:1] == ("self",):
        raise PluginError("its entry point names a class: name an instance of it, or a module")
    if inspect.unwrap(function).__code__.co_kwonlyargcount:
        raise PluginError(
            f"its hook {hook!r} takes arguments by keyword only, and hooks are called by "
            "position: remove the '*' from its signature"
        )


def is_native(made: object, modality: Modality) -> bool:
    """Whether `made` is LiveKit's own kind of object. An instance cannot exist where its class
    was never imported, so nothing is imported to find out."""
    module = sys.modules.get(f"livekit.agents.{modality}")
    kind = getattr(module, modality.upper(), None)
    return kind is not None and isinstance(made, kind)


def is_money_exact(quote: PriceQuote) -> bool:
    """Whether every amount is a finite `Decimal`, or None where the total is unknown."""
    total = quote.amount_usd
    if total is not None and not (isinstance(total, Decimal) and total.is_finite()):
        return False
    for line in quote.lines:
        amount = line.amount_usd
        if not (isinstance(amount, Decimal) and amount.is_finite()):  # a line's is never None
            return False
    return True


def call(manager: pluggy.PluginManager, hook: str, arguments: Mapping[str, object]) -> Any:
    """What the one plugin of a provider answers to a hook that asks for the first result.
    `arguments` are all that the hook has.

    pluggy's own call takes longer than many a hook does: it is for plugins that wrap themselves,
    and for none at all."""
    caller = getattr(manager.hook, hook)
    found = caller.get_hookimpls()
    if len(found) != 1 or found[0].wrapper or found[0].hookwrapper or found[0].kwargnames:
        return caller(**arguments)
    return found[0].function(*[arguments[name] for name in found[0].argnames])


def discard(result: object) -> None:
    """Let go of an awaitable nobody will await, without a warning or an orphan left behind."""
    end: Callable[[], object] | None = getattr(result, "close", None)
    end = end or getattr(result, "cancel", None)
    if end is not None:
        end()


def blames_thread(error: BaseException) -> bool:
    """Whether an import failed because it did not run on the main thread, as LiveKit's plugins
    must the first time; then it may yet succeed there."""
    if threading.current_thread() is threading.main_thread():
        return False
    cause: BaseException | None = error
    while cause is not None:
        if any(sign in describe(cause) for sign in ("main thread", "no current event loop")):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def describe(error: BaseException) -> str:
    """One line, also of an error that cannot print itself."""
    try:
        text = " ".join(str(error).split()).rstrip(".")
    except Exception:  # noqa: BLE001 - a plugin's error class may do anything
        text = ""
    if isinstance(error, PluginError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
