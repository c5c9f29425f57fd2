"""Lists of ties that others keep: read by format, understood, matched with the register, and loaded as a whole."""
