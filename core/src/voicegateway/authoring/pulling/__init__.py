"""Fetching a vendor's own usage or cost reports, for `pull_usage_export`.

Shared by all vendors: one page after the other into files, how often may be asked, waiting and
trying again, going on where a process that was killed stopped, and what a key must be kept from. A
plugin says where the reports are, what is asked for and what the next page is called.

For example, days of a report that has pages:

    def pull_usage_export(settings, start, end, folder):
        only_settings(settings, ())
        utc_days(start, end, "Acme")
        report = Report(
            name="usage",
            url=f"{settings.base_url or 'https://api.example.com'}/v1/usage",
            query={"from": start.isoformat(), "to": end.isoformat()},
        )
        access = Access(settings, "Authorization", "Bearer ", needs="a key of an administrator")
        return pull_reports([report], folder, access)

Of the standard library's client: it is here already, a page a second needs none that is faster, and
the core gains no dependency. It is imported when a plugin pulls and not before.
"""

from voicegateway.authoring.pulling.access import Access
from voicegateway.authoring.pulling.errors import PullError
from voicegateway.authoring.pulling.pace import Pace
from voicegateway.authoring.pulling.pages import pull_reports
from voicegateway.authoring.pulling.reports import Report, next_token
from voicegateway.authoring.pulling.terms import only_settings, utc_days

__all__ = [
    "Access",
    "Pace",
    "PullError",
    "Report",
    "next_token",
    "only_settings",
    "pull_reports",
    "utc_days",
]
