"""Society: synthetic residents live under a scheme, month by month."""
