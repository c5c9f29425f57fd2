"""What `make bench` measures: pages in a real browser, against the goals of the issues."""
