"""The auditor of published tables: what the printed numbers allow, and what they exclude."""
