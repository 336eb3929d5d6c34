"""The references, made from what the code declares. Pure; the output is sorted, so that drift shows as a diff."""
