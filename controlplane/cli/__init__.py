"""The commands of `awaz`, thin: each reads its arguments, calls a service, and prints."""
