"""Stations and stream keys."""
