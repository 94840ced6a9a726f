"""The HTTP API: one application, one port. Needs `voicegw[server]`."""
