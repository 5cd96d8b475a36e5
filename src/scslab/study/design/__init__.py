"""Survey designs: strata, clusters, weights, replicate weights, and the variances that follow from them."""
