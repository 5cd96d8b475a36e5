"""Whole papers as studies: a folder with data and printed tables in, every number beside the printed one out."""
