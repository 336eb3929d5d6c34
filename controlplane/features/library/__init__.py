"""A station's tracks: uploads, what they are made of, and the list of them."""
