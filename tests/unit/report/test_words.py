"""The words: complete in both languages, all of them used, and in step with the codes of the ledger."""

import re
import string
from pathlib import Path

import scslab.report
from scslab.ledger.codes import ROW_CODES
from scslab.report.words import Words, read_words
from scslab.scheme.model import Confidence, Domain, MeasureKind, Participation, Scheme, Status, SubjectKind

HOUSE = Path(scslab.report.__file__).parent


def find_names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_it_with_the_same_values() -> None:
    words = read_words()
    assert [key for key, texts in words.items() if set(texts) != {"en", "zh"}] == []
    assert [key for key, texts in words.items() if not (texts["en"] and texts["zh"])] == ["join"]
    assert [key for key, texts in words.items() if find_names(texts["en"]) != find_names(texts["zh"])] == []


def test_chinese_has_chinese_punctuation() -> None:
    # Half-width commas, colons and brackets beside Chinese characters are typesetting mistakes.
    wrong = [
        key
        for key, texts in read_words().items()
        if re.search(r"[\u4e00-\u9fff}][,:;(]|[,:;)][\u4e00-\u9fff]", texts["zh"])
    ]
    assert wrong == []


def test_every_word_is_used_and_there() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in HOUSE.rglob("*.py"))
    quoted = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)*)"', code))
    prefixes = tuple(f"{prefix}." for prefix in re.findall(r'f"([a-z_.]+)\.\{', code))
    # `finding.no_{key}` is put together of two words that stand in the code.
    built = ("finding.no_gain", "finding.no_loss")
    unused = {key for key in read_words() if key not in quoted and not key.startswith(prefixes) and key not in built}
    assert unused == set()
    asked = set(re.findall(r'words\(\s*"([^"{]+)"', code))
    assert asked <= set(read_words())


def test_closed_lists_have_words() -> None:
    kinds: list[tuple[str, type]] = [
        ("noun", SubjectKind),
        ("kind", SubjectKind),
        ("participation", Participation),
        ("scheme.status", Status),
        ("confidence", Confidence),
        ("measure", MeasureKind),
        ("domain", Domain),
    ]
    missing = [
        f"{prefix}.{item.value}"
        for prefix, kind in kinds
        for item in kind
        if f"{prefix}.{item.value}" not in read_words()
    ]
    assert missing == []


def test_codes_of_the_ledger_have_words() -> None:
    assert {
        key.removeprefix("code."): texts["en"] for key, texts in read_words().items() if key.startswith("code.")
    } == ROW_CODES


def test_reasons_of_the_engine_have_words() -> None:
    from scslab.engine.frames import REASONS

    assert [reason for reason in REASONS.values() if f"unposted.{reason}" not in read_words()] == []


def test_numbers_with_nouns(scheme: Scheme) -> None:
    words = Words("en", scheme)
    assert [words.count_subjects(n) for n in (0, 1, 1234)] == ["0 businesses", "1 business", "1,234 businesses"]
    assert Words("zh", scheme).count_subjects(1234) == "1,234 家企业"


def test_medians_between_two_scores_have_a_decimal(scheme: Scheme) -> None:
    words = Words("en", scheme)
    assert (words.score(87.5), words.score(88.0)) == ("87.5", "88")


def test_short_names_of_tiers(scheme: Scheme) -> None:
    # `Middle` has six letters; `中` is as wide as two.
    assert [Words("en", scheme).tier_short("mid", room) for room in (5, 6)] == ["mid", "Middle"]
    assert [Words("zh", scheme).tier_short("mid", room) for room in (1, 2)] == ["mid", "中"]
