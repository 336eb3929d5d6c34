"""The whole stack on one machine, as `awaz up` runs it."""
