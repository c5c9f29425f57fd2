"""What `make bench` measures, against the goals of the issues.

Pages in a real browser (``weight``, ``lighthouse``, ``map``), lists in and out (``lists``), texts (``reading``), and
speed: lists of ties that nobody has asked for (``cold``) and that somebody has (``again``), ``search``, ``downloads``,
and what a worker needs (``footprint``). For these ``databases`` keeps made-up registers, ``questions`` makes questions
up, ``load`` asks them, and ``peers`` are asked the same.
"""
