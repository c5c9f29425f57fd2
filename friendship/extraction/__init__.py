"""From a Chinese text to candidate ties and reported totals, offline and without a database."""
