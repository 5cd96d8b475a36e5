"""Plain types that every part shares: problems, dates and periods, bilingual text, digests.

Standard library only, so that any part may import it at no cost.
"""
