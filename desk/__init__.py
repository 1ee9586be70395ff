"""The composition root: settings, addresses, processes and whole-product commands."""
