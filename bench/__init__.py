"""What is said about speed, measured in one run and printed with the state of the machine."""
