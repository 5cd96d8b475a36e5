"""YAML as a tree of text: places, the limits, and YAML's own guesses that must not happen."""

import pytest

from scslab.ground.problems import Place
from scslab.scheme.problem_list import Problems
from scslab.scheme.yaml_tree import MAX_DEPTH, MAX_NODES, YamlMap, YamlText, read_yaml, to_plain


def read(content):
    problems = Problems("S")
    return read_yaml(content, "f.yaml", problems), problems.in_order()


def problem_of(content):
    """The one problem of a file, without its help line."""
    _, problems = read(content)
    assert len(problems) == 1
    return str(problems[0]).splitlines()[0]


@pytest.mark.parametrize(
    "word", ["on", "off", "no", "yes", "y", "N", "0o17", "017", "1:30", "1e3", "2014-01-01", "0x1F", "=", "<<"]
)
def test_words_that_yaml_1_1_would_turn_into_something_else_stay_text(word):
    tree, problems = read(f"{word}: {word}")
    assert problems == ()
    assert isinstance(tree, YamlMap)
    assert [(key.text, value.text) for key, value in tree.pairs] == [(word, word)]


def test_places_count_lines_and_columns_from_one():
    tree, _ = read("a:\n  - {b: 'x'}\n  - 荣成: y\n")
    first, second = tree.get("a").items
    assert first.place == Place("f.yaml", 2, 5)
    assert first.get("b").place == Place("f.yaml", 2, 9)
    # One column for each character, not for each byte: `    荣成: y` has y at column 9.
    assert second.get("荣成").place == Place("f.yaml", 3, 9)


def test_place_inside_a_text_is_known_where_it_stands_on_one_line_as_written():
    tree, _ = read("a: some text\nb: 'some text'\nc: 'it''s'\nd: some\n  text\n")
    assert tree.get("a").place_at(5) == Place("f.yaml", 1, 9)
    assert tree.get("b").place_at(5) == Place("f.yaml", 2, 10)  # one more for the quote
    assert tree.get("c").place_at(3) == Place("f.yaml", 3, 4)  # a doubled quote shifts the rest: only the start is sure
    assert tree.get("d").place_at(5) == Place("f.yaml", 4, 4)


def test_a_byte_order_mark_is_passed_over():
    tree, problems = read(b"\xef\xbb\xbfa: 1")
    assert problems == ()
    assert tree.get("a").text == "1"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "f.yaml: S001 the file is empty"),
        ("# only a comment\n", "f.yaml: S001 the file is empty"),
        ("a: b: c", "f.yaml:1:5: S001 not readable as YAML: mapping values are not allowed in this context"),
        ("a:\n\t- b", "f.yaml:2:1: S001 not readable as YAML: found character that cannot start any token"),
        ("a: 1\n---\nb: 1", "f.yaml:2:1: S001 the file has more than one document"),
        (b"a: 1\nb: \xff", "f.yaml:2:4: S001 the file is not UTF-8 text"),
        (b"\xff\xfea\x00", "f.yaml:1:1: S001 the file is not UTF-8 text"),
        ("a: b\nc: \x07", "f.yaml:2:4: S001 the character U+0007 is not allowed in YAML"),
        ("a: \ud800", "f.yaml:1:4: S001 the character U+D800 is not allowed in YAML"),
        ("a: !!python/object/apply:os.system ['x']", "f.yaml:1:4: S002 tags are not used in these files: "
         "`tag:yaml.org,2002:python/object/apply:os.system`"),
        ("a: !x 1", "f.yaml:1:4: S002 tags are not used in these files: `!x`"),
        ("a: &anchor 1", "f.yaml:1:4: S002 anchors are not used in these files"),
        ("a: *alias", "f.yaml:1:4: S002 aliases are not used in these files"),
        ("a: 1\nb: 2\na: 3", "f.yaml:3:1: S004 the key `a` stands here twice"),
        ("? [a]\n: 1", "f.yaml:1:3: S007 a key must be a single word or text"),
        ("a: " + "[" * 25, f"f.yaml:1:{4 + MAX_DEPTH - 1}: S003 lists and mappings are nested deeper than 20"),
        ("x" * 2_000_001, "f.yaml: S003 the file has 2,000,001 bytes; at most 2,000,000 are read"),
    ],
)  # fmt: skip
def test_what_is_refused(content, line):
    assert problem_of(content) == line


def test_tabs_get_the_help_that_they_need():
    _, problems = read("a:\n\t- b")
    assert problems[0].help == "indent with spaces; YAML does not allow tabs"


def test_nesting_up_to_the_limit_is_read():
    tree, problems = read("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert problems == ()
    assert to_plain(tree) == [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]


def test_a_file_with_too_many_values_is_stopped_at_the_limit():
    # The list itself is the first node, so the value that is one too many is number MAX_NODES in the list.
    text = "[" + "1," * (MAX_NODES + 5) + "]"
    assert problem_of(text) == f"f.yaml:1:{2 * MAX_NODES}: S003 the file has more than 100,000 values"


def test_billion_laughs_are_refused_and_not_expanded():
    lines = ["a: &a [x, x]"] + [
        f"{name}: &{name} [*{before}, *{before}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    tree, problems = read("\n".join(lines))
    assert tree is None
    assert {problem.code for problem in problems} == {"S002"}


def test_a_tree_with_a_double_key_can_still_be_checked():
    tree, problems = read("a: 1\na: 2\nb: 3")
    assert [problem.code for problem in problems] == ["S004"]
    assert problems[0].help == "it is first on line 1"
    assert to_plain(tree) == {"a": 1, "b": 3}


def test_plain_values_follow_yaml_1_2():
    tree, _ = read("{a: 1, b: -0.5, c: '1', d: true, e: yes, f: ~, g: , h: 017, i: [null, 'null']}")
    assert to_plain(tree) == {
        "a": 1, "b": -0.5, "c": "1", "d": True, "e": "yes", "f": None, "g": None, "h": "017", "i": [None, "null"],
    }  # fmt: skip


def test_the_letter_of_the_codes_is_the_readers():
    problems = Problems("M")
    read_yaml("a: [", "m.yaml", problems)
    assert [problem.code for problem in problems.found] == ["M001"]


def test_quoted_null_is_a_text():
    assert YamlText("null", False, Place()).is_null is False
    assert YamlText("null", True, Place()).is_null is True
