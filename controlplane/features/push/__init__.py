"""Web Push: tells browsers that a station has gone live, also while no page is open."""
