"""What is on air at each station: observed, decided, recorded and published."""
