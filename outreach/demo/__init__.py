"""The demo: a fortnight of the example business, told by a script."""
