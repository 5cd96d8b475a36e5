"""Objection and repair: what may be done about an entry or a listing after it was posted."""
