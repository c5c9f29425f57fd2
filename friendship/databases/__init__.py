"""Which server a request reads from, where PostgreSQL has streaming standbys (DATABASE_REPLICA_URLS).

Public pages read from a standby that holds exactly what the primary holds; everything else, and all writing, is the
primary's. ``routing`` chooses, ``servers`` knows who does not answer, ``middleware`` says which requests may.

Why our own: of the packages, django-multidb-router 0.11 (2025) sends readers to the primary for some seconds after they
have written, however long a standby lags, and asks dead standbys again and again; django-replicated 2.7 tries a server
before it takes it, and only the page after a write is the primary's; django-pindb has rested since 2015. None compares
what a standby holds with what the primary holds, but "visible to the next request" is what we promise; none has types.
"""
