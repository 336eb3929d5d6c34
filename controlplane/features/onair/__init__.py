"""On-air state of each station: observation, decisions, record and publication."""
