"""What a scheme says: the model, the reader of scheme files, conditions, dated values, the catalogue index."""
