"""What people do with the platform, one folder a feature."""
