"""The page that plays a film: film, transcript, numbers and scrubbers in one folder."""
