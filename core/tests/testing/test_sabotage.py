"""Every check of the suites notices a plugin that is broken in the way it is about."""

from __future__ import annotations

from typing import Any

import cases_of_calls
import cases_of_plugins
import cases_of_prices
import pytest

from voicegateway.testing import (
    LLMConformance,
    PricingConformance,
    STTConformance,
    TTSConformance,
)

pytest_plugins = ["pytester"]

MODULES = (cases_of_plugins, cases_of_calls, cases_of_prices)
CASES = {name: (module, case) for module in MODULES for name, case in module.CASES.items()}
OPTIONS = (
    "-q",
    "-p",
    "no:cacheprovider",
    "-o",
    "asyncio_default_fixture_loop_scope=function",
)
SUITES = (STTConformance, LLMConformance, TTSConformance, PricingConformance)


@pytest.mark.parametrize("name", CASES)
def test_the_check_notices(name: str, pytester: Any):
    module, case = CASES[name]
    pytester.makepyfile(
        conftest='pytest_plugins = ["voicegateway.testing.fixtures"]',
        test_broken=f"from {module.__name__} import CASES\nTestBroken = CASES[{name!r}].test\n",
    )
    done = pytester.runpytest_inprocess(*OPTIONS, "-o", "asyncio_mode=auto", "-k", case.check)
    done.assert_outcomes(failed=1, deselected=done.parseoutcomes().get("deselected", 0))
    assert " ".join(case.says.split()) in " ".join(done.stdout.str().split())


def test_every_check_has_a_plugin_that_it_catches():
    checks = {name for suite in SUITES for name in dir(suite) if name.startswith("test_")}
    assert checks == {case.check for _, case in CASES.values()}
    assert len(checks) >= 40


def test_another_asyncio_mode_is_an_error_that_says_so(pytester: Any):
    pytester.makepyfile(
        conftest='pytest_plugins = ["voicegateway.testing.fixtures"]',
        test_fake="""
            from voicegateway.testing import FakeProvider, LLMConformance

            class TestFake(LLMConformance):
                provider, plugin, model = "fake", FakeProvider(), "parrot-1"
        """,
    )
    done = pytester.runpytest_inprocess(
        *OPTIONS, "-o", "asyncio_mode=strict", "-k", "test_a_completed_call"
    )
    done.assert_outcomes(errors=1, deselected=done.parseoutcomes()["deselected"])
    done.stdout.fnmatch_lines(["*these tests need asyncio_mode = *auto*"])
