"""Past broadcasts of stations: who was on air, for how long, how many listened, and what went wrong."""
