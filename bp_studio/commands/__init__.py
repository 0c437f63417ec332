"""The commands of ``bp``, a module each; what is imported here is imported when that command is called."""
