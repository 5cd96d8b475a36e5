"""Several schemes on one ledger: who reads whom, succession, links between subjects, exchange and comparison."""
