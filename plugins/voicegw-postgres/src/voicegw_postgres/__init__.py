"""A VoiceGateway ledger in PostgreSQL: `VOICEGW_DB_PATH=postgresql://user@host/database`.

The entry points of group `voicegw.storage` name `voicegw_postgres.engine`; nothing is imported
until a ledger with such a URL is opened."""
