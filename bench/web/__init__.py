"""The listeners' pages: how soon they sound, how far behind they are, and what Lighthouse says."""
