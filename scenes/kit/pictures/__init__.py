"""What chapters draw: networks, trees, number lines, tables, columns of equations."""
