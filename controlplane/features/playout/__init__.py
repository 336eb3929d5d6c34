"""The plan of a station, queue and AutoDJ in one, which its pipeline follows while nobody is live."""
