"""A restart under a full house: how soon everybody is back, and whether anything was lost without a word."""
