"""From lessons to films: rendering, joining, captions, the film's record and the ``bp`` command."""
