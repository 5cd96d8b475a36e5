"""Coded interviews: REFI-QDA and Taguette in; barriers, saturation, agreement and quotes out."""
