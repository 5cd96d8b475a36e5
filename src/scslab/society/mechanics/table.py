"""All mechanics: each is one file and one line here; a test compares the folder with the table."""

from __future__ import annotations

from scslab.society.mechanics.alternatives import ALTERNATIVES
from scslab.society.mechanics.approval import APPROVAL
from scslab.society.mechanics.awareness import AWARENESS
from scslab.society.mechanics.barriers import BARRIERS
from scslab.society.mechanics.behaviour import BEHAVIOUR
from scslab.society.mechanics.discretion import DISCRETION
from scslab.society.mechanics.fatigue import FATIGUE
from scslab.society.mechanics.joining import JOINING
from scslab.society.mechanics.leaving import LEAVING
from scslab.society.mechanics.objection import OBJECTION
from scslab.society.mechanics.observation import OBSERVATION
from scslab.society.mechanics.people import PEOPLE
from scslab.society.mechanics.repair import REPAIR
from scslab.society.mechanics.threshold import THRESHOLD

MECHANICS = {
    mechanic.id: mechanic
    for mechanic in (
        PEOPLE, THRESHOLD, AWARENESS, ALTERNATIVES, JOINING, BARRIERS, BEHAVIOUR, OBSERVATION, DISCRETION, OBJECTION,
        REPAIR, LEAVING, FATIGUE, APPROVAL,
    )
}  # fmt: skip
"""Mechanics by name, in the order in which they act in a month."""
PARAMETERS = {p.name: p for mechanic in MECHANICS.values() for p in mechanic.parameters}
"""All parameters by name."""
