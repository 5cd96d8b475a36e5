"""Problems of lists, objection, repair, links, succession and indices, each from one change to an example."""

from pathlib import Path

import pytest

from scslab.scheme.reader import check_scheme

DATA = Path(__file__).parent / "data"
LISTS, INDEX = ((DATA / f"{name}.yaml").read_text(encoding="utf-8") for name in ("lists", "index"))
ALWAYS = {"S104", "S106", "S118"}  # warnings that the examples have as they stand

# (old text, new text, the problems as they are shown)
OF_LISTS = [
    ('kind: [business, resident]',
     'kind: [business, business]',
     ['f.yaml:5:18: S014 the kind `business` stands twice',
      'f.yaml:60:51: S054 `household` begins at the kind `resident`, which this scheme does not score\n'
       '  help: add `resident` to the kinds of `subjects`']),
    ('  tax.paid: {}\n',
     '  objection.filed: {}\n  tax.paid: {}\n',
     ['f.yaml:13:3: S019 the event type `objection.filed` is reserved for objections\n'
       '  help: write `objection: {…}`, and leave the type out']),
    ('attributes: {region: text}',
     'attributes: {kind: text}',
     ['f.yaml:5:53: S019 the name `kind` is always there and need not be declared\n'
       '  help: choose another name for the attribute']),
    ('to: B, for: year',
     'to: E, for: year',
     ['f.yaml:25:68: S022 unknown tier `E`\n'
       '  help: known here: `D`, `C`, `B`, `A`']),
    ('grade: {to: D, for: year}',
     'grade: {to: DD, for: year}',
     ['f.yaml:23:70: S022 unknown tier `DD`\n'
       '  help: did you mean `D`?']),
    ('for: 24 months}',
     'for: yearly}',
     ['f.yaml:24:65: S011 `yearly` is not a period\n'
       '  help: write a period as `24 months`']),
    ('{not_list: defaulters}]',
     '{not_list: defaulter}]',
     ['f.yaml:21:102: S047 unknown list `defaulter`\n'
       '  help: did you mean `defaulters`?']),
    ('{not_list: defaulters}]',
     '{not_list: [defaulters, honest, defaulter, honest]}]',
     ['f.yaml:21:123: S047 unknown list `defaulter`\n'
      '  help: did you mean `defaulters`?',
      'f.yaml:21:134: S014 the id `honest` stands twice\n'
      '  help: first on line 21']),
    ('{not_list: defaulters}]',
     '{not_list: []}]',
     ['f.yaml:21:102: S007 the list needs at least 1 value\n'
      '  help: each is a list']),
    ('{not_list: defaulters}]',
     '{not_list: defaulters, list: honest}]',
     ['f.yaml:21:102: S043 a requirement has `list` and `not_list`; one of them is wanted\n'
       '  help: write one condition for each; all of them must hold']),
    ('{count: {on: tax.paid, within: 36 months, at_least: 3}}',
     '{count: {on: tax.paid, within: 36 months}}',
     ['f.yaml:21:42: S043 a count needs `at_least` or `at_most`\n'
       '  help: write `at_least: 3`']),
    ('at_least: 2, at_most: 9',
     'at_least: 2, at_most: 1',
     ['f.yaml:35:88: S039 no number is at least 2 and at most 1']),
    ('at_least: 2, at_most: 9',
     'at_least: 0',
     ['f.yaml:35:76: S016 0 is not between 1 and 1,000,000']),
    ('{on: court.default, when: ground > 1}',
     '{on: court.defaul}',
     ['f.yaml:33:14: S012 unknown event type `court.defaul`\n'
       '  help: did you mean `court.default`?']),
    ('{on: court.default, when: ground > 1}',
     '{on: court.default, score: {below: 5}}',
     ['f.yaml:33:36: S043 a way into a list has `on` and `score`; one of them is wanted\n'
       '  help: write {on: court.judgment}, {score: {below: 600}} or {count: {on: traffic.*, at_least: 3}}']),
    ('{on: court.default, when: ground > 1}',
     '{when: ground > 1}',
     ['f.yaml:33:9: S043 a way into a list needs one of `on`, `score`, `tier`, `count`, `list`, `not_list`\n'
       '  help: write {on: court.judgment}, {score: {below: 600}} or {count: {on: traffic.*, at_least: 3}}']),
    ('{on: court.default, when: ground > 1}',
     '{on: court.default, delay: 7 days}',
     ['f.yaml:33:36: S029 `delay` is for lists of other schemes only']),
    ('{on: court.default, when: ground > 1}',
     '{tier: D, when: ground > 1}',
     ['f.yaml:33:25: S029 `when` is for events only: write it under `count`, or with `on`']),
    ('{on: court.default, when: ground > 1}',
     "{on: court.default, when: on_list('defaulters')}",
     ["f.yaml:33:35: S033 `on_list` does not understand 'defaulters'\n"
       "  help: write on_list('defaulters@supreme-court')"]),
    ('{on: court.default, when: ground > 1}',
     "{on: court.default, when: on_list('defaulters@lists-example')}",
     ['f.yaml:33:35: S034 `on_list` reads this scheme itself\n'
       '  help: a condition reads other schemes only; what follows from its own score or lists is a measure']),
    ('{on: court.default, when: ground > 1}',
     '{on: court.default, when: score_of(5) > 1}',
     ['f.yaml:33:35: S033 `score_of` takes one text in single quotes\n'
       "  help: write score_of('sesame')"]),
    ('{on: court.default, when: ground > 1}',
     '{on: objection.filed}',
     ['f.yaml:33:14: S012 unknown event type `objection.filed`\n'
       '  help: objections act by themselves where the file has `objection`']),
    ('{score: {below: 20}}',
     '{score: {below: 20.5}}',
     ['f.yaml:34:25: S041 `below` is 20.5, and the score has no decimals\n'
       '  help: write `decimals: 1` under `score`, or round it']),
    ('{score: {below: 20}}',
     '{after: 24 months}',
     ['f.yaml:34:10: S005 unknown key `after`\n'
       '  help: did you mean `tier`?']),
    ('{list: dishonest@ministry, delay: 7 days}',
     '{list: honest}',
     ['f.yaml:36:16: S048 a list may read only the lists before it, and `honest` is not\n'
       '  help: put `honest` before this list, if it does not read this one']),
    ('{list: dishonest@ministry, delay: 7 days}',
     '{list: defaulters}',
     ['f.yaml:36:16: S048 a list may read only the lists before it, and `defaulters` is not\n'
       '  help: put `defaulters` before this list, if it does not read this one']),
    ('{list: dishonest@ministry, delay: 7 days}',
     '{list: honest@lists-example}',
     ['f.yaml:36:16: S053 `honest@lists-example` is a list of this scheme\n'
       '  help: write `honest`']),
    ('{list: dishonest@ministry, delay: 7 days}',
     '{list: a@b@c}',
     ['f.yaml:36:16: S013 `a@b@c` is not a list\n'
       '  help: write the id of a list, or `list@scheme` of another scheme']),
    ('      - {after: 24 months}\n',
     '      - {tier: C}\n',
     ['f.yaml:42:13: S029 `extend` has no effect without a term: `leave: [{after: …}]`',
      'f.yaml:43:13: S029 `renews` has no effect without a term: `leave: [{after: …}]`']),
    ('      - {after: 24 months}\n',
     '      - {after: 24 months}\n      - {after: 36 months}\n',
     ['f.yaml:40:9: S029 a second term has no effect\n'
       '  help: the first one in the file counts']),
    ('by: 12 months, ',
     '',
     ['f.yaml:42:14: S006 an extension needs the key `by`\n'
       '  help: how much later the term ends']),
    ('leave: [{list: defaulters}, {tier: D}]',
     'leave: [{list: defaulters, delay: 1 day}, {tier: D}]',
     ['f.yaml:46:87: S029 `delay` is for lists of other schemes only']),
    ('kind: redlist, enter: [{tier: A}]',
     'kind: redlist, enter: []',
     ['f.yaml:46:40: S007 the list needs at least 1 value\n'
       '  help: each is a way into a list']),
    ('kind: redlist',
     'kind: whitelist',
     ['f.yaml:46:24: S008 `whitelist` is not a word that may stand here\n'
       '  help: did you mean `redlist`?']),
    ('when: {list: defaulters}, from: 2016-01-01, until: 2030-12-31',
     'when: {list: defaulters}, from: 2031-01-01, until: 2030-12-31',
     ['f.yaml:48:106: S039 the measure ends on 2030-12-31, before it begins on 2031-01-01']),
    ('when: {list: defaulters}, from',
     'when: {delay: 5 days}, from',
     ['f.yaml:48:61: S043 a measure needs more than a `delay`\n'
       '  help: write {list: …, delay: …}']),
    ('undecided: upheld}',
     'undecided: maybe}',
     ['f.yaml:50:81: S008 `maybe` is not a word that may stand here\n'
       '  help: known here: `upheld`, `rejected`']),
    (', undecided: upheld}',
     '}',
     ['f.yaml:50:12: S006 an objection with `decide_within` needs the key `undecided`\n'
       '  help: upheld or rejected: what becomes of one not decided in time']),
    ('decide_within: 30 days, ',
     '',
     ['f.yaml:50:57: S029 `undecided` has no effect without `decide_within`']),
    ('[late, default], share: 0.5',
     '[late, defaul], share: 0.5',
     ['f.yaml:52:94: S023 unknown rule `defaul`\n'
       '  help: did you mean `default`?']),
    ('share: 0.5',
     'share: 0',
     ['f.yaml:52:111: S016 a share of 0 gives nothing back\n'
       '  help: write a share above 0 and up to 1']),
    ('share: 0.5',
     'share: 1.5',
     ['f.yaml:52:111: S016 1.5 is not between 0 and 1']),
    ('shortens: {list: defaulters, ',
     'shortens: {list: defaulters2, ',
     ['f.yaml:53:48: S047 unknown list `defaulters2`\n'
       '  help: did you mean `defaulters`?']),
    ('removes: {list: defaulters, after: 1 month}',
     'removes: {list: honset}',
     ['f.yaml:54:53: S047 unknown list `honset`\n'
       '  help: did you mean `honest`?']),
    ('removes: {list: defaulters, after: 1 month}',
     'removes: {list: honest}, shortens: {list: honest, by: 1 day}',
     ['f.yaml:54:46: S043 a repair has `shortens` and `removes`; one of them is wanted\n'
       '  help: write a repair of its own for each']),
    ('removes: {list: defaulters, after: 1 month}}',
     'at_most: {times: 0, per: year}}',
     ['f.yaml:54:5: S043 a repair needs one of `restores`, `shortens`, `removes`\n'
       '  help: write a repair of its own for each',
      'f.yaml:54:54: S016 0 is not between 1 and 1,000,000']),
    ('[^manager, manager]',
     '[^manger, manager]',
     ['f.yaml:59:68: S049 unknown link `manger`\n'
       '  help: did you mean `manager`?']),
    ('[^manager, manager]',
     '[manager, manager]',
     ['f.yaml:59:77: S054 `manager` begins at the kind `resident`, and the step before it ends at `business`\n'
       '  help: `^` before a link walks it backwards']),
    ('from: resident, to: business}',
     'from: resident, to: agency}',
     ['f.yaml:59:68: S054 `^manager` begins at the kind `agency`, which this scheme does not score\n'
       '  help: add `agency` to the kinds of `subjects`',
      'f.yaml:59:78: S054 `manager` ends at the kind `agency`, which this scheme does not score\n'
       '  help: add `agency` to the kinds of `subjects`']),
    ('when: {tier: D}, along',
     'when: {tier: D, list: honest}, along',
     ['f.yaml:59:65: S043 a spread has `tier` and `list`; one of them is wanted\n'
       '  help: write {tier: [D]} or {list: …}']),
    ('scheme: old-lists',
     'scheme: lists-example',
     ['f.yaml:61:20: S053 the scheme succeeds itself\n'
       '  help: name the scheme before it']),
    ('carry: {tiers: {A: 100, B: 60}}',
     'carry: all',
     ['f.yaml:61:54: S008 `all` is not a word that may stand here\n'
       '  help: known here: `points`, `start`']),
    ('carry: {tiers: {A: 100, B: 60}}',
     'carry: {}',
     ['f.yaml:61:54: S043 what is carried over needs one of `scale`, `tiers`\n'
       '  help: write {scale: [[0, 0], [100, 1000]]}']),
    ('carry: {tiers: {A: 100, B: 60}}',
     'carry: {scale: [[0, 0]]}',
     ['f.yaml:61:62: S007 the list needs at least 2 values\n'
       '  help: each is a pair of numbers']),
    ('carry: {tiers: {A: 100, B: 60}}',
     'carry: {scale: [[0, 0], [0, 5]]}',
     ['f.yaml:61:62: S052 the scale goes from 0 to 0: its values must ascend\n'
       '  help: write the pairs in ascending order of value']),
    ('carry: {tiers: {A: 100, B: 60}}',
     'carry: {tiers: {A: 10.5}}',
     ['f.yaml:61:62: S041 `tiers` is 10.5, and the score has no decimals\n'
       '  help: write `decimals: 1` under `score`, or round it']),
    ('score: {start: 100, floor: 0, ceiling: 100, published: yearly}',
     'score: {kind: none, published: yearly}',
     ['f.yaml:18:3: S046 `tiers` cannot stand here: the scheme has no score\n'
       '  help: say how the score works under `score`',
      'f.yaml:23:3: S046 `rules` cannot stand here: the scheme has no score\n'
       '  help: say how the score works under `score`',
      'f.yaml:34:17: S046 the scheme has no score\n'
       '  help: leave `score` out, or say how the score works',
      'f.yaml:49:81: S046 the scheme has no score\n'
       '  help: leave `score` out, or say how the score works',
      'f.yaml:61:54: S046 only a points score can be carried over\n'
       '  help: write `carry: start`']),
]  # fmt: skip

OF_AN_INDEX = [
    ('kind: index, range: [350, {2015-01-01: 850, 1900-01-01: 950}], ',
     'kind: index, ',
     ['f.yaml:10:8: S006 the score needs the key `range`\n'
       '  help: [low, high]: the ends of an index']),
    ('[350, {2015-01-01: 850, 1900-01-01: 950}]',
     '[350, 350]',
     ['f.yaml:10:29: S039 the range from 350 to 350 is empty\n'
       '  help: write [350, 950]']),
    ('[350, {2015-01-01: 850, 1900-01-01: 950}]',
     '[350, {2015-01-01: 850}]',
     ['f.yaml:10:29: S039 the range from 350 to nothing is empty (from 1900-01-01)\n'
       '  help: write [350, 950]']),
    ('[350, {2015-01-01: 850, 1900-01-01: 950}]',
     '350',
     ['f.yaml:10:29: S007 the two ends of a range must stand here, not `350`\n'
       '  help: write [350, 950]']),
    ('decimals: 1,',
     'decimals: 1, start: 350,',
     ['f.yaml:10:92: S029 `start` is for points: an index lies within its `range`']),
    ('lists:\n',
     'rules: []\nlists:\n',
     ['f.yaml:34:8: S046 `rules` cannot stand here: the scheme has an index, which has `dimensions` instead of rules\n'
       '  help: say how the score works under `score`']),
    ('weight: {1900-01-01: 0.4, 2018-01-01: 0.5}',
     'weight: 0.4',
     ['f.yaml:17:13: S051 the weights sum to 0.9 from 2018-01-01 on, not to 1\n'
       '  help: they are shares of the index']),
    ('weight: {1900-01-01: 0.4, 2018-01-01: 0.5}',
     'weight: 2',
     ['f.yaml:28:13: S016 2 is not between 0 and 1']),
    ('[[0, 0], [0.9, 0.5], [1, 1]]',
     '[[0, 0], [1, 0.5], [1, 1]]',
     ['f.yaml:23:16: S052 the scale goes from 1 to 1: its values must ascend\n'
       '  help: write the pairs in ascending order of value']),
    ('[[0, 0], [0.9, 0.5], [1, 1]]',
     '[[0, 0], [1, 1.5]]',
     ['f.yaml:23:16: S016 the scaled value 1.5 is not between 0 and 1\n'
       '  help: a scale leads to numbers from 0 (worst) to 1 (best)']),
    ('[[0, 0], [0.9, 0.5], [1, 1]]',
     '[[0, 0, 0], [1, 1]]',
     ['f.yaml:23:17: S007 two numbers must stand here, not a list\n'
       '  help: write [0, 0.5]']),
    ('share: repayment.on_time,',
     'share: purchase.made,',
     ['f.yaml:22:24: S050 `purchase.made` is no part of `repayment.*`, of which it would be a share\n'
       '  help: the whole must hold every type of the part']),
    (' when_none: 0.5}',
     ' }',
     ['f.yaml:22:16: S006 the value `share` needs the key `when_none`\n'
       '  help: the value where there is nothing to measure']),
    ('of: repayment.*, of_when: amount > 0, ',
     '',
     ['f.yaml:22:16: S006 the value `share` needs the key `of`\n'
       '  help: the whole of a `share`']),
    ('count: repayment.late,',
     'count: repayment.lat,',
     ['f.yaml:25:35: S012 unknown event type `repayment.lat`\n'
       '  help: did you mean `repayment.late`?']),
    ('count: repayment.late,',
     'count: repayment.late, when_none: 0,',
     ['f.yaml:25:62: S029 `when_none` has no effect on `count`']),
    ('count: repayment.late,',
     'count: repayment.late, sum: amount,',
     ['f.yaml:25:56: S043 a value has `count` and `sum`; one of them is wanted\n'
       '  help: write {count: …}, {sum: …, on: …} or {share: …, of: …, when_none: …}']),
    ('{days_since: repayment.late, when_none: 3650}',
     '{when_none: 3650}',
     ['f.yaml:26:28: S043 a value needs one of `count`, `sum`, `share`, `days_since`, `attribute`, `score_of`\n'
       '  help: write {count: …}, {sum: …, on: …} or {share: …, of: …, when_none: …}']),
    ('sum: amount',
     'sum: amont',
     ['f.yaml:30:34: S032 unknown attribute `amont` of `purchase.made`\n'
       '  help: did you mean `amount`?']),
    ('sum: amount, on: purchase.made',
     'sum: days_late, on: repayment.*',
     ['f.yaml:30:34: S037 warning: `days_late` is not declared by every event type of the sum\n'
       '  help: events of the other types add nothing']),
    ('on: purchase.made, ',
     '',
     ['f.yaml:30:28: S006 the value `sum` needs the key `on`\n'
       '  help: the event type of a `sum`']),
    ('attribute: years,',
     'attribute: yeers,',
     ['f.yaml:31:40: S024 unknown subject attribute `yeers`\n'
       '  help: did you mean `years`?']),
    ('attribute: years,',
     'attribute: name,',
     ['f.yaml:31:40: S024 the subject attribute `name` is text; a value is a number, or true or false']),
    ('score_of: city-score',
     'score_of: index-example',
     ['f.yaml:33:38: S053 an index cannot be made of its own score\n'
       '  help: name another scheme']),
    ('score_of: city-score',
     'score_of: City',
     ['f.yaml:33:38: S013 `City` is not a scheme id\n'
       '  help: use small letters, digits and `-`, as in `food-safety`']),
    ('lists:\n',
     'succeeds: {scheme: x, on: 2012-01-01, carry: points}\nlists:\n',
     ['f.yaml:34:46: S046 only a points score can be carried over\n'
       '  help: write `carry: start`']),
    ('{score: {from: 700.5}}',
     '{score: {from: 700.55}}',
     ['f.yaml:35:54: S041 `from` is 700.55, and the score has 1 decimal\n'
       '  help: write `decimals: 2` under `score`, or round it']),
]  # fmt: skip


def problems_of(text):
    _, found = check_scheme(text, "f.yaml")
    return [str(problem) for problem in found if problem.code not in ALWAYS and not is_usual(problem)]


def is_usual(problem):
    """`tax.paid` has no amount, which the count of the lists example reads."""
    return problem.code == "S037" and "`amount`" in problem.message


@pytest.mark.parametrize(("old", "new", "shown"), OF_LISTS)
def test_problems_of_lists(old, new, shown):
    assert old in LISTS
    assert problems_of(LISTS.replace(old, new, 1)) == shown


@pytest.mark.parametrize(("old", "new", "shown"), OF_AN_INDEX)
def test_problems_of_an_index(old, new, shown):
    assert old in INDEX
    assert problems_of(INDEX.replace(old, new, 1)) == shown


@pytest.mark.parametrize("text", [LISTS, INDEX])
def test_the_examples_have_no_other_problem(text):
    assert problems_of(text) == []
