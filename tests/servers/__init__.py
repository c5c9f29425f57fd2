"""What tests start besides themselves: PostgreSQL, the register behind gunicorn, a browser."""
