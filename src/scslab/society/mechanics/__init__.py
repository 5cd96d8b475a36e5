"""How things happen in a society: one file a mechanic, with its equation, parameters and sources; see `table`."""
