"""A questionnaire as the text of an `instrument.yaml`."""

from __future__ import annotations

from typing import Any

from scslab.ground.text import Text
from scslab.study.instruments.model import Instrument, Item, Wording


def write_instrument(instrument: Instrument) -> str:
    """The questionnaire as YAML that `read_instrument` reads back to an equal one."""
    import yaml

    content: dict[str, Any] = {"instrument": instrument.id, "title": _text(instrument.title)}
    if instrument.source:
        content["source"] = instrument.source
    content["languages"] = list(instrument.languages)
    if instrument.scales:
        content["scales"] = {
            scale.id: [
                {"code": option.code, "label": _text(option.label)} | ({"missing": True} if option.is_missing else {})
                for option in scale.options
            ]
            for scale in instrument.scales.values()
        }
    content["sections"] = [
        {"id": section.id, "title": _text(section.title)}
        | ({"when": section.when.text} if section.when else {})
        | {"items": [_item(item) for item in section.items]}
        for section in instrument.sections
    ]
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)


def _text(text: Text) -> dict[str, str]:
    return {name: value for name, value in (("en", text.en), ("zh", text.zh)) if value}


def _item(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {"id": item.id, "kind": item.kind.value, "text": _text(item.text)}
    found |= {"hint": _text(item.hint)} if item.hint else {}
    found |= {"scale": item.scale} if item.scale else {}
    found |= {"when": item.when.text} if item.when else {}
    for name, bound in (("low", item.low), ("high", item.high)):
        if bound:
            found[name] = float(bound) if "." in bound else int(bound)
    found |= {"required": True} if item.is_required else {}
    found |= {"expects": item.expects} if item.expects else {}
    return found | ({"wording": item.wording.value} if item.wording is not Wording.PUBLISHED else {})
