"""What the HTTP API and the MCP tools answer, one file a subject.

Amounts are decimal strings in US dollars and null where unknown, never 0; quantities are decimal
strings; times are ISO 8601 in UTC; a duration has its unit in its name.
"""
