"""Random numbers that are keyed by (seed, agent, month, stream), so that no result depends on order or threads."""
