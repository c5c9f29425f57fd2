"""How people of the staff come in: locks after failures, codes after the password, sessions that end."""
