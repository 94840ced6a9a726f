"""`voicegw doctor`: what is amiss, and the way to mend each of it. One subject a module."""

from voicegateway.cli.doctor.command import doctor

__all__ = ["doctor"]
