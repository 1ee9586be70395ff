"""The trail: an append-only, hash-chained record of what was done and seen."""
