"""Where observations of a station come from: Icecast's hooks, feed and statistics, and the pipelines."""
