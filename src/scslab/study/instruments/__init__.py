"""Questionnaires: one file with sections, items, scales in two languages and branching; XLSForm in and out."""
