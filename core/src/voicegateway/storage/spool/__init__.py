"""Records on this machine's disk until they are in a database that may be out of reach.

An engine with `spools` gets two threads instead of one: the first takes records in and appends
them to the spool, the second ships them from there to the database, in order. So a record is
durable within 50 ms wherever the network is, and what a killed process left behind is written
by the next one on this machine. Ids make writing twice harmless, which is why what was shipped
is only forgotten a segment at a time.

`codec` turns records into text and back, `frames` text into checked bytes, `segments` is one
file of those, `spool` the files of one process, `folders` where they are and whose, `orphans`
those of the dead; `shipper` is the second thread, `intake` the first.
"""
