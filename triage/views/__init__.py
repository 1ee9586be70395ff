"""The page on which the rules can be read and tried."""
