"""HTTP: the server, the pages, the hooks' listener."""
