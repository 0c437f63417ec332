"""Bytes of the GIF format, for whoever writes it: https://www.w3.org/Graphics/GIF/spec-gif89a.txt."""

#: Says to players: again from the start, for ever.
LOOP = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
TRAILER = b"\x3b"
