"""The mathematics: networks, their traces and the equations that hold on them."""
