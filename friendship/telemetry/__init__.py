"""What the register tells those who run it: lines of the log, metrics, readiness, reports of errors."""
