"""Events in: the schema of a ledger, readers, validation, mappings of raw tables, correction chains."""
