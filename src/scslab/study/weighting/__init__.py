"""Weights: raking, post-stratification, bounded calibration, caps, and what weights cost."""
