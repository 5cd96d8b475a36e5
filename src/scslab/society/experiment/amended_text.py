"""The file of an amended scheme: the text of the scheme before, with what was amended in its place.

So an amended scheme is read from a text like any other, has the digest of that text, and a run folder holds the scheme
that its ledger settles under. Comments of the file before are not repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import yaml

from scslab.ground.dates import EARLIEST
from scslab.scheme.dated import Number
from scslab.scheme.model import Objection, Repair, Restore, Rule, Scheme
from scslab.scheme.reader import read_scheme

_WIDTH = 1 << 20
"""Lines are not folded: a folded text is read back with other blanks."""


def rewrite(before: Scheme, amended: Scheme, told: Iterable[str]) -> Scheme:
    """The amended scheme, read from a text of its own; as it is where the scheme before has no text.

    Args:
        before: the scheme.
        amended: the same with other participation, points, validities, objection or repairs.
        told: what was done, for the head of the file.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> before = find_scheme("rongcheng")
        >>> from scslab.scheme.model import Participation
        >>> found = rewrite(before, replace(before, participation=Participation.OPT_IN), ["participation opt-in"])
        >>> print(found.text[:found.text.index("scheme:")].strip())
        # rongcheng, amended by scslab: participation opt-in
    """
    if not before.text:
        return amended
    root = yaml.compose(before.text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise AssertionError("a scheme is a mapping")
    if amended.participation is not before.participation:
        _put(root, "participation", amended.participation.value)
    if amended.objection != before.objection and amended.objection is not None:
        _put(root, "objection", _write_objection(amended.objection))
    known, old = _find_rules(root), {rule.id: rule for rule in before.rules}
    for rule in amended.rules:
        _rewrite_rule(known[rule.id], old[rule.id], rule)
    for repair in amended.repairs[len(before.repairs) :]:
        _append(root, "repair", _write_repair(repair))
        _put(_get(root, "events"), repair.on, _write_title(repair))
    text = f"# {before.id}, amended by scslab: {'; '.join(told)}\n"
    text += yaml.serialize(root, allow_unicode=True, width=_WIDTH, Dumper=yaml.SafeDumper)
    found = read_scheme(text, f"{before.id} (amended)")
    _check(found, amended)
    return found


def _rewrite_rule(node: yaml.MappingNode, before: Rule, after: Rule) -> None:
    if after.points != before.points and after.points is not None:
        _put(node, "points", _write_number(after.points))
    if after.valid != before.valid:
        _put(node, "valid", str(after.valid))


def _write_number(points: Number) -> str:
    if [day for day, _ in points.steps] == [EARLIEST]:
        return f"{points.steps[0][1]}"
    return "{" + ", ".join(f"{day}: {value}" for day, value in points.steps) + "}"


def _write_objection(objection: Objection) -> str:
    words: Mapping[str, str | None] = {
        "within": None if objection.within is None else str(objection.within),
        "suspends": str(objection.suspends).lower(),
        "decide_within": None if objection.decide_within is None else str(objection.decide_within),
        "undecided": None if objection.undecided is None else objection.undecided.value,
    }
    return "{" + ", ".join(f"{key}: {word}" for key, word in words.items() if word is not None) + "}"


def _write_repair(repair: Repair) -> str:
    if not isinstance(repair.action, Restore):
        raise AssertionError("an amendment adds repairs of points only")
    after = "" if repair.action.after is None else f", after: {repair.action.after}"
    restores = f"{{rule: [{', '.join(repair.action.rules)}], share: {repair.action.share}{after}}}"
    title = f"{{en: {repair.title.en}, zh: {repair.title.zh}}}"
    return f"{{id: {repair.id}, on: {repair.on}, restores: {restores}, title: {title}}}"


def _write_title(repair: Repair) -> str:
    return f"{{title: {{en: {repair.title.en}, zh: {repair.title.zh}}}}}"


def _find_rules(root: yaml.MappingNode) -> dict[str, yaml.MappingNode]:
    rules = next((value for key, value in root.value if key.value == "rules"), None)
    nodes = rules.value if isinstance(rules, yaml.SequenceNode) else []
    return {_get_word(node, "id"): node for node in nodes if isinstance(node, yaml.MappingNode)}


def _get(node: yaml.MappingNode, name: str) -> yaml.MappingNode:
    found = next(value for key, value in node.value if key.value == name)
    if not isinstance(found, yaml.MappingNode):
        raise AssertionError(f"`{name}` is a mapping")
    return found


def _get_word(node: yaml.MappingNode, name: str) -> str:
    return next((str(value.value) for key, value in node.value if key.value == name), "")


def _put(node: yaml.MappingNode, name: str, text: str) -> None:
    """Sets a key, or adds it."""
    new = yaml.compose(text, Loader=yaml.SafeLoader)
    for k, (key, _) in enumerate(node.value):
        if key.value == name:
            node.value[k] = key, new
            return
    node.value.append((yaml.compose(name, Loader=yaml.SafeLoader), new))


def _append(node: yaml.MappingNode, name: str, text: str) -> None:
    """Adds an item to the list of a key."""
    own = next((value for key, value in node.value if key.value == name), None)
    if isinstance(own, yaml.SequenceNode):
        own.value.append(yaml.compose(text, Loader=yaml.SafeLoader))
    else:
        _put(node, name, f"[{text}]")


def _check(found: Scheme, amended: Scheme) -> None:
    """What was read back is what was meant; anything else is an error of ours."""

    def tell(scheme: Scheme) -> tuple[object, ...]:
        rules = tuple((rule.id, rule.points, rule.formula, rule.valid) for rule in scheme.rules)
        repairs = tuple((repair.id, repair.on, repair.action) for repair in scheme.repairs)
        objection = None if scheme.objection is None else replace(scheme.objection, place=found.place)
        return scheme.participation, set(scheme.events), rules, repairs, objection

    if tell(found) != tell(amended):
        raise AssertionError(f"the amended scheme `{amended.id}` is not what its text says")
