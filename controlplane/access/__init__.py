"""Who asks, and may they: identities, tokens, the access cache, rate limits and the guard over all of it."""
