"""Experiments: scenarios against a baseline under common luck, with paired intervals; see `run`."""
