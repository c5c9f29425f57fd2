"""Backups: the whole register as one file, which proves itself before it is believed.

``archive`` is the file, ``contents`` a checksum of the register that is the same on every kind of database; ``sqlite``
and ``postgresql`` know how each kind gives a copy of one moment and takes one back. ``taking`` and ``restoring`` put
them together for the two commands.
"""
