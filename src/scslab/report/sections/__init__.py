"""The sections of the report, a file each: from facts and words to blocks of a page."""
