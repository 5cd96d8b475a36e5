"""Ledgers larger than memory: read in batches, cut into ranges of subjects, settled range by range."""
