"""What a vendor's constructor does not take is refused, with the nearest name."""

from __future__ import annotations

import pytest

from voicegateway.authoring import constructor_options
from voicegateway.types import ProviderSettings


class VendorSTT:
    def __init__(self, *, model="m", api_key=None, sample_rate=16000, punctuate=True):
        pass


OURS = {"model": "it is part of the model string", "api_key": "give api_key= to the factory"}


def options(given, **extra):
    settings = ProviderSettings("acme", extra=extra)
    return constructor_options(VendorSTT, settings, given, ours=OURS, own_settings={"plan"})


class VendorTTS:
    def __init__(self, *, model="m", api_key=None, sample_rate=24000, speed=1.0):
        pass


def test_a_key_of_the_config_that_only_a_sibling_takes_is_left_to_it():
    settings = ProviderSettings("acme", extra={"sample_rate": 8000, "speed": 2.0})
    siblings = (VendorSTT, VendorTTS)
    chosen = constructor_options(VendorSTT, settings, {}, ours=OURS, siblings=siblings)
    assert chosen == {"sample_rate": 8000}
    with pytest.raises(ValueError, match="has no option 'speed'"):
        constructor_options(VendorSTT, settings, {"speed": 2.0}, ours=OURS, siblings=siblings)


def test_the_callers_options_win_over_the_configs():
    assert options({"sample_rate": 8000}, sample_rate=1, punctuate=False, plan="pro") == {
        "sample_rate": 8000,
        "punctuate": False,
    }


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"smaple_rate": 1}, "has no option 'smaple_rate': did you mean 'sample_rate'?"),
        ({"xyz": 1}, "has no option 'xyz': it has punctuate, sample_rate."),
        ({"model": "x"}, "takes no option 'model': it is part of the model string."),
        ({"self": 1}, "has no option 'self'"),
    ],
)
def test_what_it_does_not_take_is_refused(given, says):
    with pytest.raises(ValueError, match="acme") as error:
        options(given)
    assert says in str(error.value)
