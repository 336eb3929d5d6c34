"""The pipelines: their status, their control sockets and their files."""
