"""The course of a simulation: month after month, saved, resumed, branched, settled."""
