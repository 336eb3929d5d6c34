"""From what happens at Icecast to the last listener who is told, beside panels that poll."""
