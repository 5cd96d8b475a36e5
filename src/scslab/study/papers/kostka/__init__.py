"""A synthetic respondent file for `kostka2019`: the real answers are not public."""
