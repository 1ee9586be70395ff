"""What pages show of rows: words, tones and times, decided once, so that templates only place them."""
