"""The pipelines: their words, their sockets, their processes."""
