"""The library: uploads, the analysis of tracks, lists of many, and edits of a queue."""
