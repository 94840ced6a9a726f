"""`voicegw demo`: one real spoken conversation on this machine, metered like any other."""
