"""The keys of conditions: what opens and closes lists, what tiers ask for, when a measure applies."""

from __future__ import annotations

from scslab.scheme.fields import Form, Key, form_of
from scslab.scheme.kinds import NUMBER, PERIOD, integer
from scslab.scheme.scheme_kinds import LIST_WORDS, RULE_TYPE, SQL, TIERS
from scslab.scheme.shapes import list_of


class ScoreRangeForm(Form):
    """A range of scores: `from` inclusive, `below` exclusive."""

    since = Key("from", NUMBER, "the lowest score, inclusive")
    below = Key("below", NUMBER, "the score from which it no longer holds")


class CountForm(Form):
    """A count: how many events of a kind the record holds."""

    on = Key("on", RULE_TYPE, "the event type that counts, or a prefix such as `traffic.*`", is_required=True)
    when = Key("when", SQL, "a condition over the attributes of the event and of the subject")
    within = Key("within", PERIOD, "how far back; all so far if left out")
    at_least = Key("at_least", integer(1, 1_000_000), "the smallest number for which it holds")
    at_most = Key("at_most", integer(0, 1_000_000), "the largest number for which it holds")


# The parts that conditions share. Each form holds its own: the keys of a form are those of its class.
_LIST = "a list of this scheme, or `list@scheme` of another; of several, the subject is on at least one"
_NOT_LIST = "a list that the subject is not on; of several, it is on none"
_DELAY = "how much later the list of another scheme is known here"


class MeasureWhenForm(Form):
    """The condition of a measure: all of its parts must hold."""

    tier = Key("tier", TIERS, "the published tiers in which it applies")
    score = Key("score", form_of(ScoreRangeForm), "the published scores at which it applies")
    list = Key("list", LIST_WORDS, _LIST)
    not_list = Key("not_list", LIST_WORDS, _NOT_LIST)
    delay = Key("delay", PERIOD, _DELAY)


class RequireForm(Form):
    """A requirement of a tier: a count, a list or the lack of one."""

    count = Key("count", form_of(CountForm), "a number of events in the record")
    list = Key("list", LIST_WORDS, _LIST)
    not_list = Key("not_list", LIST_WORDS, _NOT_LIST)
    delay = Key("delay", PERIOD, _DELAY)


class EnterForm(Form):
    """A way into a list: one event or one condition."""

    on = Key("on", RULE_TYPE, "an event type, or a prefix such as `court.*`")
    when = Key("when", SQL, "a condition over the attributes of the event and of the subject")
    score = Key("score", form_of(ScoreRangeForm), "the scores at the end of a day")
    tier = Key("tier", TIERS, "the tiers at the end of a day")
    count = Key("count", form_of(CountForm), "a number of events in the record")
    list = Key("list", LIST_WORDS, _LIST)
    not_list = Key("not_list", LIST_WORDS, _NOT_LIST)
    delay = Key("delay", PERIOD, _DELAY)


class LeaveForm(Form):
    """A way out of a list: one event, one condition or a term."""

    on = EnterForm.on
    when = EnterForm.when
    score = EnterForm.score
    tier = EnterForm.tier
    count = EnterForm.count
    list = EnterForm.list
    not_list = EnterForm.not_list
    delay = EnterForm.delay
    after = Key("after", PERIOD, "how long after the opening the membership ends by itself")


class SpreadWhenForm(Form):
    """The condition of a spread: a tier or a list."""

    tier = Key("tier", TIERS, "the tiers that spread")
    list = Key("list", LIST_WORDS, _LIST)
    delay = Key("delay", PERIOD, _DELAY)


class ExtendForm(Form):
    """An extension: makes a running term longer."""

    on = Key("on", RULE_TYPE, "an event type, or a prefix such as `court.*`", is_required=True)
    when = Key("when", SQL, "a condition over the attributes of the event and of the subject")
    by = Key("by", PERIOD, "how much later the term ends", is_required=True)
    most = Key("most", PERIOD, "the longest time from the opening to the end; without a limit if left out")


ENTER = list_of(form_of(EnterForm))
"""Ways into a list."""
LEAVE = list_of(form_of(LeaveForm), least=0)
"""Ways out of a list."""
