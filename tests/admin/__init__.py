"""The staff side: what editors and reviewers can do, and what they cannot."""
