"""Everything that makes the desk run on one machine with nothing installed: for demos, tests and training."""
