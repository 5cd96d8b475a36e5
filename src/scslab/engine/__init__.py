"""What follows from a scheme and a ledger: compile, classify, fold, standings, statements."""
