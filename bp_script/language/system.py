"""What the operating system refuses, in the caller's language: Python tells it in English, whatever the locale."""

from __future__ import annotations

import errno

from bp_script.language.caller import tr
from bp_script.language.languages import N_

#: What Linux says; macOS says most of it in the same words.
_REFUSALS = {
    errno.EPERM: N_("Operation not permitted"),
    errno.ENOENT: N_("No such file or directory"),
    errno.EIO: N_("Input/output error"),
    errno.EACCES: N_("Permission denied"),
    errno.EEXIST: N_("File exists"),
    errno.ENOTDIR: N_("Not a directory"),
    errno.EISDIR: N_("Is a directory"),
    errno.EMFILE: N_("Too many open files"),
    errno.EFBIG: N_("File too large"),
    errno.ENOSPC: N_("No space left on device"),
    errno.EROFS: N_("Read-only file system"),
    errno.ENAMETOOLONG: N_("File name too long"),
    errno.ENOTEMPTY: N_("Directory not empty"),
    errno.ELOOP: N_("Too many levels of symbolic links"),
    errno.EADDRINUSE: N_("Address already in use"),
    errno.EDQUOT: N_("Disk quota exceeded"),
}


def refusal(error: OSError) -> str:
    """Why the operating system did not do what it was asked for."""
    return tr(_REFUSALS.get(error.errno or 0, error.strerror or type(error).__name__))
