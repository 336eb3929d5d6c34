"""What a station plays when nobody is live: the queue and AutoDJ, as one plan that its pipeline follows."""
