"""From the button to the ear: going live, preview, and a browser's slices."""
