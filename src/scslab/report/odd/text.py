"""The parts of the ODD document that are mostly prose: Overview and Design concepts."""

from __future__ import annotations

from scslab.report.blocks import Block, Bullets, Heading, Paragraph, Section
from scslab.report.tables import make_table
from scslab.scheme.model import Participation
from scslab.society.month.agents import Agents
from scslab.society.population.traits import NAMES
from scslab.society.setting import Setting, Settles

ENTITIES = {
    "cell": "combination of categories of the profile's dimensions",
    "code": "five traits in seven levels each",
    "flags": "knows of the scheme; takes part; has left; uses a commercial scheme",
    "tier": "published tier, or none",
    "since": "months since points were last lost, up to 36",
    "near": "whether the score stands just above a lower tier; whether the agent is on a blacklist",
    "stay": "months of taking part, up to 60",
}
"""What each state variable means; a test compares the table with the program's own."""
CONCEPTS = (
    ("Basic principles", "Adoption joins diffusion of innovations, technology acceptance, privacy calculus and "
     "rejection "
     "of technology in one utility; conduct follows deterrence that wears off; observation is imperfect in both "
     "directions. Settling is not modelled: it is the engine that settles real ledgers."),
    ("Emergence", "Adoption curves, tiers, listings, the lives of false entries and differences between groups emerge. "
     "Acceptance, rates and errors at average traits are put in."),
    ("Adaptation", "Agents who know of the scheme are more careful after a loss, just above a lower tier and in higher "
     "tiers; they object to entries, and leave. Who takes part without knowing of it acts as if there were none, but "
     "for ways off a list: who is on a list is told. Agents do not optimise."),
    ("Objectives", "None: joining follows a utility, all else rates and chances. The 14 barriers are latent parts of "
     "that utility's terms, by construction at the level of the interviews where parameters are as shipped."),
    ("Learning", "None beyond learning that the scheme exists; deterrence fades."),
    ("Prediction", "None."),
    ("Sensing", "Agents who know of the scheme know their own published tier and nearness to its edge, their losses "
     "and listings. All sense how many know of the scheme or take part, at the end of the month before. Among those "
     "who take part are the enrolled: where enrolment is automatic or mandatory acceptance rises by the social term, "
     "though nobody was asked."),
    ("Interaction", "Through the shares who know and who take part; through households where a scheme spreads to kin. "
     "There is no other network."),
    ("Stochasticity", "All behaviour and observation; settlement is deterministic. See the appendix."),
    ("Collectives", "Households, and persons behind several firms; they have no state of their own."),
    ("Observation", "By month: who knows, takes part, joined, left, would accept; events, records, false entries; "
     "scores, "
     "tiers and moves between them. At the end: ledgers true and recorded, the cause of each record, standings, "
     "entries."),
)  # fmt: skip
SCHEDULE = (
    "Reforms of the month take hold; the scheme may open or close.",
    "Agents learn of the scheme (share who know: end of the month before).",
    "Under an opt-in scheme participants may leave, and those who know of it may join; else all are enrolled.",
    "Agents act: each event type is drawn by itself. Deeds of participants are observed or missed, with a delay; false "
    "entries are drawn; objections are decided on from the record's date.",
    "Agents repair, where lists or the scheme give them a way.",
    "What is due by the last day of the month is recorded and settled by the engine{settles}{beside}.",
    "Published tiers, nearness and losses act from the next month on.",
)


def build_overview(setting: Setting, kinds: int) -> tuple[Section, ...]:
    """Purpose and patterns; entities, state variables and scales; process overview and scheduling."""
    scheme = setting.scheme
    purpose: tuple[Block, ...] = (
        Paragraph(
            "To see what a scheme would do to a society of synthetic subjects, and what changes of the scheme or of "
            "its "
            "surroundings would change: who learns of it, who joins, who is recorded rightly and wrongly, where "
            "scores, "
            "tiers and lists lead, and for whom. It is made to compare scenarios and to show mechanisms. It does not "
            "forecast, and levels follow from priors."
        ),
        Paragraph(
            "Patterns it is held against: the S-shape of adoption, reported participation of cities, the gap between "
            "acceptance and participation, the wearing-off of deterrence. Most are too "
            "weak to "
            "inform the weights of the decision to join."
        ),
        Paragraph(
            f"The scheme: **{scheme.title}** (`{scheme.id}`), participation {scheme.participation.value}, "
            f"{len(scheme.rules)} rules, {len(scheme.tiers)} tiers, {len(scheme.lists)} lists, "
            f"{len(scheme.measures)} measures, {'with' if scheme.objection else 'without'} objection; file "
            f"`{scheme.digest}`."
        ),
    )
    widths = {
        "cell": "uint16", "code": "uint16", "flags": "uint8", "tier": "int8", "since": "uint8", "near": "uint8",
        "stay": "uint8",
    }  # fmt: skip
    rows = [[f"`{name}`", widths.get(name, "–"), ENTITIES.get(name, "–")] for name in Agents.__dataclass_fields__]
    enrol = "joins by its own decision" if scheme.participation is Participation.OPT_IN else "is enrolled"
    entities: tuple[Block, ...] = (
        Paragraph(
            f"One kind of agent: {'a resident' if setting.profile.kind.value == 'resident' else 'a business'}, which "
            f"{enrol}. Traits: {', '.join(NAMES)}, in standard deviations. Of each agent the program holds:"
        ),
        make_table("State variables of an agent", ["Variable", "Type", "Meaning"], rows, words=3),
        Paragraph(
            "The environment is the scheme and its ledger; entries, scores, lists and measures are the engine's. Time "
            "goes "
            f"in months, {12 * setting.years} of them from {setting.first}; deeds, records and entries have days. "
            f"There is "
            "no space."
        ),
    )
    settles = ", day by day" if setting.settles is Settles.DAILY else ", in one step"
    beside = f"; before it the ledger of `{setting.beside.id}`, which has users of its own" if setting.beside else ""
    schedule: tuple[Block, ...] = (
        Paragraph(
            "Each month, in this order, all agents at a time; no agent sees what another does in the same month."
        ),
        Bullets(tuple(line.format(settles=settles, beside=beside) for line in SCHEDULE), is_numbered=True),
        Paragraph(f"There are {kinds} kinds of conduct; the order of agents, partitions and threads shows nowhere."),
    )
    return (
        Section("purpose", "1. Purpose and patterns", purpose),
        Section("entities", "2. Entities, state variables, and scales", entities),
        Section("schedule", "3. Process overview and scheduling", schedule),
    )


def build_design(setting: Setting) -> Section:
    """The eleven design concepts."""
    blocks: list[Block] = []
    for name, text in CONCEPTS:
        blocks += [Heading(name), Paragraph(text)]
    if setting.scheme.objection is None:
        blocks.append(Paragraph("This scheme has no objection: false entries stand until they lapse.", "note"))
    return Section("design", "4. Design concepts", tuple(blocks))
