"""The ledger: every billable attempt, priced, in a local database. `ledger` writes, `queries`
reads, `models` holds the records that come in. Nothing is imported until it is used."""
