"""Files of coded interviews: REFI-QDA and Taguette, and hostile ones."""

import contextlib
import io
import struct
import zipfile
from pathlib import Path

import pytest

from scslab.ground.problems import ProblemsError
from scslab.study.interviews.codes import CODES
from scslab.study.interviews.project import Code
from scslab.study.interviews.reader import read_interviews
from scslab.study.interviews.refi_read import read_qdc, read_qdpx
from scslab.study.interviews.refi_write import make_guid, write_qdc, write_qdpx

# As the REFI-QDA standard lays it out; GUIDs in capitals in one place, as some programs write them.
PROJECT = """<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="urn:QDA-XML:project:1.0" name="Small">
<Users><User guid="11111111-0000-0000-0000-000000000001" name="Ann"/><User guid="11111111-0000-0000-0000-000000000002" name="Bo"/></Users>
<CodeBook><Codes><Code guid="c0000000-0000-0000-0000-000000000001" name="Concerns" isCodable="false">
<Code guid="C0000000-0000-0000-0000-000000000002" name="Privacy" isCodable="true"><Description>What is known of me</Description></Code></Code></Codes></CodeBook>
<Variables><Variable guid="v1" name="city" typeOfVariable="Text"/></Variables>
<Cases><Case guid="k1" name="A"><VariableValue><VariableRef targetGUID="v1"/><TextValue>Xiamen</TextValue></VariableValue><SourceRef targetGUID="s1"/></Case></Cases>
<Sources>
<TextSource guid="s1" name="A" plainTextPath="internal://s1.txt">
<PlainTextSelection guid="p1" startPosition="2" endPosition="4" creatingUser="11111111-0000-0000-0000-000000000001">
<Coding guid="q1" creatingUser="11111111-0000-0000-0000-000000000002"><CodeRef targetGUID="c0000000-0000-0000-0000-000000000002"/></Coding></PlainTextSelection>
</TextSource>
<TextSource guid="s2" name="B"><PlainTextContent>inside</PlainTextContent></TextSource>
<PictureSource guid="s3" name="photo" path="internal://s3.png"/>
</Sources></Project>
"""  # noqa: E501


def packed(tmp_path, project=PROJECT, texts=None, name="x.qdpx"):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", project)
        for entry, content in (texts if texts is not None else {"sources/s1.txt": "我不想被知道"}).items():
            archive.writestr(entry, content)
    return path


def codes_of(path):
    with pytest.raises(ProblemsError) as caught:
        read_interviews(path)
    return [problem.code for problem in caught.value.problems]


def test_a_project(tmp_path):
    project, problems = read_interviews(packed(tmp_path))
    assert [(code.name, code.is_codable) for code in project.codes] == [("Concerns", False), ("Privacy", True)]
    assert project.codes[1].parent == project.codes[0].id
    assert project.codes[1].description == "What is known of me"
    (coding,) = project.codings
    # Positions count characters, not bytes: the third and fourth; the coder is that of the coding.
    assert (coding.quote, coding.coder, coding.place.line) == ("想被", "Bo", 10)
    assert [interview.name for interview in project.interviews] == ["A", "B"]
    assert project.interviews[0].traits == {"city": "Xiamen"}
    assert project.interviews[1].text == "inside"
    assert [problem.code for problem in problems] == ["Q807"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('targetGUID="c0000000-0000-0000-0000-000000000002"', 'targetGUID="nowhere"', "Q805"),
        ('endPosition="4"', 'endPosition="7"', "Q806"),
        ('endPosition="4"', 'endPosition="1"', "Q806"),
        ('endPosition="4"', 'endPosition="-4"', "Q806"),
        ('endPosition="4"', 'endPosition="٤"', "Q806"),
        ("internal://s1.txt", "internal://s9.txt", "Q805"),
        ("<Project ", "<Projekt ", "Q802"),
        ("<?xml version", "<xml version", "Q802"),
        ('guid="s2"', 'guid="s1"', "Q810"),
        ('guid="C0000000-0000-0000-0000-000000000002"', 'guid="c0000000-0000-0000-0000-000000000001"', "Q810"),
    ],
)
def test_broken_projects_are_problems(tmp_path, old, new, code):
    assert old in PROJECT
    assert code in codes_of(packed(tmp_path, PROJECT.replace(old, new)))


def test_all_problems_at_once(tmp_path):
    text = PROJECT.replace('endPosition="4"', 'endPosition="99"').replace('guid="s2"', 'guid="s1"')
    assert sorted(codes_of(packed(tmp_path, text))) == ["Q806", "Q807", "Q810"]


def test_an_entity_bomb_is_refused_before_it_grows(tmp_path):
    bomb = '<!DOCTYPE Project [<!ENTITY a "aaaaaaaaaa">'
    for i in range(8):
        bomb += f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">'
    text = PROJECT.replace("?>\n", "?>\n" + bomb + "]>\n", 1).replace('name="Small"', 'name="&i;"')
    assert codes_of(packed(tmp_path, text)) == ["Q803"]


def test_an_external_entity_is_never_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    doctype = f'<!DOCTYPE Project [<!ENTITY x SYSTEM "{secret.as_uri()}">]>\n'
    text = PROJECT.replace("?>\n", "?>\n" + doctype, 1).replace(">inside<", ">&x;<")
    assert codes_of(packed(tmp_path, text)) == ["Q803"]


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil.txt", "..\\evil.txt", "C:/evil.txt"])
def test_paths_that_lead_out_are_refused(tmp_path, name):
    path = packed(tmp_path, texts={name: "x", "sources/s1.txt": "我不想被知道"})
    assert codes_of(path) == ["Q803"]
    assert not (tmp_path.parent / "evil.txt").exists()


def test_a_zip_bomb_is_refused(tmp_path):
    path = tmp_path / "x.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", PROJECT)
        archive.writestr("sources/s1.txt", b"a" * 5_000_000)
    assert codes_of(path) == ["Q803"]


def test_a_size_that_lies_is_a_problem(tmp_path):
    path = packed(tmp_path)
    content = bytearray(path.read_bytes())
    # The size in the central directory of the last file.
    at = content.rindex(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 3)
    path.write_bytes(content)
    assert set(codes_of(path)) <= {"Q801", "Q802", "Q805", "Q806", "Q807"}


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04"])
def test_files_that_are_no_archives(tmp_path, content):
    path = tmp_path / "x.qdpx"
    path.write_bytes(content)
    assert codes_of(path) == ["Q801"]


def test_deep_nesting_is_refused(tmp_path):
    assert codes_of(packed(tmp_path, "<a>" * 5000 + "</a>" * 5000)) == ["Q803"]


def test_other_suffixes_and_missing_files(tmp_path):
    assert codes_of(tmp_path / "x.docx") == ["Q801"]
    assert codes_of(tmp_path / "missing.qdpx") == ["Q801"]
    assert codes_of(tmp_path / "missing.csv") == ["Q801"]


def test_a_text_that_is_not_in_the_archive_is_a_warning(tmp_path):
    project, problems = read_interviews(packed(tmp_path, PROJECT.replace("internal://s1", "relative:///s1")))
    assert len(project.codings) == 1
    assert project.codings[0].quote == ""
    assert [problem.code for problem in problems] == ["Q807", "Q807"]


def test_written_and_read_again(tmp_path):
    project, _ = read_qdpx(packed(tmp_path))
    for name in ("one.qdpx", "two.qdpx"):
        write_qdpx(project, tmp_path / name)
    assert (tmp_path / "one.qdpx").read_bytes() == (tmp_path / "two.qdpx").read_bytes()
    again, _ = read_qdpx(tmp_path / "one.qdpx")
    assert again == project


def test_codebooks(tmp_path):
    codes = (Code(make_guid(1), "A & <B>", "", 'says "x"'), Code(make_guid(2), "below", make_guid(1)))
    write_qdc(codes, tmp_path / "c.qdc")
    assert read_qdc(tmp_path / "c.qdc") == codes
    (tmp_path / "d.qdc").write_text("<Other/>")
    with pytest.raises(ProblemsError, match="Q804"):
        read_qdc(tmp_path / "d.qdc")


HIGHLIGHTS = """id,document,tag,content
1,A,concerns.privacy,"They know
everything"
1,A,effort,"They know
everything"
2,B,,nothing said
3,B,concerns.privacy,again
"""


def test_taguette(tmp_path):
    path = tmp_path / "h.csv"
    path.write_text(HIGHLIGHTS)
    project, problems = read_interviews(path)
    assert problems == ()
    assert [(code.id, code.parent) for code in project.codes] == [
        ("concerns", ""), ("concerns.privacy", "concerns"), ("effort", ""),
    ]  # fmt: skip
    assert [interview.id for interview in project.interviews] == ["A", "B"]
    assert [(c.interview, c.code) for c in project.codings] == [
        ("A", "concerns.privacy"), ("A", "effort"), ("B", "concerns.privacy"),
    ]  # fmt: skip
    assert project.codings[0].quote == "They know\neverything"


def test_taguette_with_a_codebook(tmp_path):
    codes = (Code(make_guid(1), "effort", "", "work to do"), Code(make_guid(2), "unused"))
    write_qdc(codes, tmp_path / "c.qdc")
    (tmp_path / "h.csv").write_text("id,document,tag,content\n1,A,effort,x\n")
    project, _ = read_interviews(tmp_path / "h.csv", tmp_path / "c.qdc")
    assert project.codes == codes
    assert project.codings[0].code == make_guid(1)


@pytest.mark.parametrize(
    ("text", "line"), [("a,b\n1,2\n", 1), (HIGHLIGHTS + "4,B\n", 8), (HIGHLIGHTS + "4,,effort,x\n", 8)]
)
def test_broken_highlights(tmp_path, text, line):
    path = tmp_path / "h.csv"
    path.write_text(text)
    with pytest.raises(ProblemsError) as caught:
        read_interviews(path)
    assert [(problem.code, problem.place.line) for problem in caught.value.problems] == [("Q808", line)]


def test_codes_are_listed():
    folder = Path(__file__).parents[4] / "src/scslab/study/interviews"
    used = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.name != "codes.py")
    assert all(f'"{code}"' in used for code in CODES)


def test_random_bytes_never_raise_anything_else(tmp_path):
    content = packed(tmp_path).read_bytes()
    import random

    generator = random.Random(5)
    for _ in range(150):
        broken = bytearray(content)
        for _ in range(generator.randint(1, 6)):
            broken[generator.randrange(len(broken))] = generator.randrange(256)
        path = tmp_path / "broken.qdpx"
        path.write_bytes(io.BytesIO(broken).getvalue())
        with contextlib.suppress(ProblemsError):
            read_interviews(path)
