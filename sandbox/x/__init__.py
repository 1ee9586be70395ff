"""X API v2 as the desk meets it (contract section 1), and the people who post there."""
