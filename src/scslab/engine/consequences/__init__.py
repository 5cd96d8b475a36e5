"""What follows from events and from the path of the score: tiers over time, lists and measures."""
