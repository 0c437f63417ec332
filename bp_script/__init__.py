"""The language authors write: lessons, the names of quantities, equations and narration."""
