"""Everything on the wire, one module a feature, and the references made from it."""
