r"""Record a stream from a vendor's live account, for `check_recording`:

    ACME_API_KEY=... python -m voicegateway.testing.recorder acme/tone-1 --modality tts \
        --text "Hello." --upstream https://api.acme.example -o tests/recordings

`docs/recorded-streams.md` says what is kept and what is not."""
