"""Models of survey answers: ordered, binary and linear, with standard errors that follow the design."""
