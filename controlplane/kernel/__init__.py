"""The pure vocabulary of everything else; imports nothing of ours."""
