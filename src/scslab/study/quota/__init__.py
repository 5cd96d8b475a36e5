"""Quotas: from population figures to the cells that interviewers or a panel fill."""
