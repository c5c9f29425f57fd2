"""What `make bench` measures: pages in a real browser, lists in and out, against the goals of the issues."""
