"""Conduct: what residents do, what of it is recorded, and how they repair it."""
