"""HTTP: the applications and their routes, the pages, health, and the bounds on connections."""
