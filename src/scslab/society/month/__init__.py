"""One month of all agents: state, plan, kernels."""
