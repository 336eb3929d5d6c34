"""supervisord: its configuration, and the orders it takes."""
