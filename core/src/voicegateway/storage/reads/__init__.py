"""The reads of the ledger, one file a question. Import them from `voicegateway.storage.queries`."""
