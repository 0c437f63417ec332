"""A lesson as an exercise to print: what to work out, with blanks, and the key from the same trace."""
