"""The closed lists of words of a scheme file."""

from __future__ import annotations

from enum import StrEnum


class Confidence(StrEnum):
    """How sure a fact is: read in its source, reported by others, unverified; or no fact at all, but assumed.

    An assumption is the laboratory's own, made so that a scheme can run where a number was never published.
    """

    READ = "read"
    REPORTED = "reported"
    UNVERIFIED = "unverified"
    ASSUMED = "assumed"


class Status(StrEnum):
    """How much of a scheme the file covers."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    STUB = "stub"


class OperatorKind(StrEnum):
    """Who runs a scheme."""

    GOVERNMENT = "government"
    COMPANY = "company"
    COURT = "court"
    ASSOCIATION = "association"
    RESEARCH = "research"


class SubjectKind(StrEnum):
    """Whom a scheme scores."""

    RESIDENT = "resident"
    BUSINESS = "business"
    ORGANISATION = "organisation"
    AGENCY = "agency"


class Participation(StrEnum):
    """How a subject comes under a scheme."""

    AUTOMATIC = "automatic"
    MANDATORY = "mandatory"
    OPT_IN = "opt-in"


class ScoreKind(StrEnum):
    """How a score comes about: points posted by rules, an index computed anew each time, or no score at all."""

    POINTS = "points"
    INDEX = "index"
    NONE = "none"


class PostsOn(StrEnum):
    """Which date of an event an entry takes effect on."""

    RECORDED = "recorded"
    OCCURRED = "occurred"


class AttributeType(StrEnum):
    """What an attribute of an event or a subject holds."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"


class ListKind(StrEnum):
    """Whether a list honours or blames."""

    REDLIST = "redlist"
    BLACKLIST = "blacklist"


class MeasureKind(StrEnum):
    """Whether a measure gives or takes."""

    REWARD = "reward"
    RESTRICTION = "restriction"


class Domain(StrEnum):
    """The closed list of domains of life that a measure touches."""

    TRAVEL = "travel"
    HOUSING = "housing"
    UTILITIES = "utilities"
    HEALTH = "health"
    EDUCATION = "education"
    EMPLOYMENT = "employment"
    FINANCE = "finance"
    CONSUMPTION = "consumption"
    CULTURE = "culture"
    PUBLIC_SERVICES = "public-services"
    LICENSING = "licensing"
    INSPECTION = "inspection"
    PROCUREMENT = "procurement"
    TAXATION = "taxation"
    TRADE = "trade"
    REPUTATION = "reputation"
    COMMUNICATION = "communication"
    MOBILITY = "mobility"


class Outcome(StrEnum):
    """How an objection ends."""

    UPHELD = "upheld"
    REJECTED = "rejected"


class Carry(StrEnum):
    """What subjects bring along from the scheme that this one succeeds."""

    POINTS = "points"
    START = "start"
    SCALE = "scale"
    TIERS = "tiers"
