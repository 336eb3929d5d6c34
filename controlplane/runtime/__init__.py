"""What the process needs to run: settings, files, logs, metrics, secrets and its limits."""
