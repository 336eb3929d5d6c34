"""A restart with thousands of clients: recovery time and silent losses."""
