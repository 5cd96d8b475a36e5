"""Sensitivity: which unknowns decide what a society becomes, over the whole width of their priors."""
