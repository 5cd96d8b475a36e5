"""Calibration: a mean-field twin of the society, observed targets, and what they can and cannot say of parameters."""
