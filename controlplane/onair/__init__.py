"""What is on air: the rules, the state, and the one door that changes it."""
