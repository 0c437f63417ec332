"""What a chapter leaves for the film: its record, its captions, and the audit of its layout."""
