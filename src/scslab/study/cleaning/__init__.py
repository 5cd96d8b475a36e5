"""Cleaning: respondents whose answers raise doubt, flagged with reasons."""
