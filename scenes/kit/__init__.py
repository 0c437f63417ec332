"""What the chapters share: stage, theme, notation, typesetting, the drawn objects, the clock and the record."""
