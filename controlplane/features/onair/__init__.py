"""What is on air at each station, and everybody who is told of it."""
