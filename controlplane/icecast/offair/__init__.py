"""The process that feeds every station's off-air mount."""
