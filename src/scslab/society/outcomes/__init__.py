"""What a simulation tells: one file a question, and `measure` for the comparison of scenarios."""

from scslab.society.outcomes.approval import compute_approval_shares
from scslab.society.outcomes.barriers import tabulate_barriers
from scslab.society.outcomes.groups import compare_groups
from scslab.society.outcomes.life import tell_life
from scslab.society.outcomes.measures import measure

__all__ = ["compare_groups", "compute_approval_shares", "measure", "tabulate_barriers", "tell_life"]
