"""The report of a study: one offline page with every table and figure, printed numbers beside reproduced ones."""
