"""`rules test`: what passes, what a failure prints, which mistakes are refused, and the example's own tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

ROOT = Path(__file__).parent.parent.parent
HEAD = """\
rules: [haircut-next-day]
customers:
  tom: {first_name: Tom, phone: "+12125550103", timezone: America/New_York}
events:
  a haircut: {type: appointment.completed, site: salon, data: {service: haircut, total: 54, staff: Marco}}
tests:
"""
GOOD = """\
  he is called:
    given: [{time: 2026-11-16 14:00, event: a haircut}]
    expect: [{at: 2026-11-17 10:00, call: how-is-it}]
"""
BAD = """\
  nobody answers:
    about: One call, one SMS, one more try.
    given:
      - {time: 2026-11-16 14:00, event: a haircut}
      - {time: 2026-11-17 10:25, call: how-is-it, outcome: left_message}
      - {time: 2026-11-20 14:00, event: a haircut}
      - {time: 2026-11-20 14:30, type: contact.made, data: {channel: email}}
    expect:
      - {at: 2026-11-17 10:00, call: how-is-it, outcome: left_message}
      - {at: 2026-11-18 10:00, sms: missed-you}
      - {at: 2026-11-21 10:00, call: how-is-it, says: Marlow & Flinch}
    never:
      - {customer: tom, at: 2026-11-17}
"""
SAID = """\
FAILED  nobody answers  (rules/one.test.yaml:7)
  One call, one SMS, one more try.
  + Tue 2026-11-17 10:00  tom  call  haircut-next-day/how-is-it   done, left_message
        why: line 19 says that this never happens
        why: planned on appointment.completed, because event.service in ['haircut', 'colour'] && event.total >= 30 \
(event.service is "haircut", event.total is 54)
  - Wed 2026-11-18 10:00  tom  sms   haircut-next-day/missed-you  sent
        why: `how-is-it` before it came to left_message, and so its condition is false: \
previous.outcome == 'no_answer' (previous.outcome is "left_message")
        why: `how-is-it` before it came to reached, and so its condition is false: \
previous.outcome == 'no_answer' (previous.outcome is "reached")
  ~ Sat 2026-11-21 10:30  tom  call  haircut-next-day/how-is-it   done, reached
        expected at Sat 2026-11-21 10:00; it was Sat 2026-11-21 10:30
        expected it to say “Marlow & Flinch”; it says “Ask how the haircut turned out. **Say** "Hello Tom, this is … \
from Marlow & Finch. You were just with us for a haircut. I'm not selling anything, I only want to know how it feels \
now that you've washed it yourself." **Ask** - How is it with your own hands, in your own mirror? - Is there one \
thing …”
        why: Fri 2026-11-20 14:30 deferred: gap:20h, less than 20h from another touch

  - expected, and missing    + not expected    ~ otherwise than expected

1 test of 1 failed in 1 file
"""


@pytest.fixture
def tests(run: Run, business: Path) -> Run:
    """Puts tests beside the example's rules, in place of its own, and plays them."""
    for file in (business / "rules").glob("*.test.yaml"):
        file.unlink()

    def play(*texts: str, args: str = "") -> object:
        for name, text in zip(("one", "two", "three"), texts, strict=False):
            (business / "rules" / f"{name}.test.yaml").write_text(text)
        return run("rules", "test", *args.split())

    return play


def test_the_examples_own_tests_pass_and_show_every_step(run: Run, business: Path):
    ran = run("rules", "test", "--require-coverage")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(f" tests passed in {len(list((business / 'rules').glob('*.test.yaml')))} files\n")


def test_what_passes_is_counted_and_what_no_test_shows_is_named(tests: Run):
    ran = tests(HEAD + GOOD, HEAD + GOOD)
    assert (ran.code, ran.err) == (0, "")
    summary, untested, unseen = ran.out.splitlines()
    assert summary == "2 tests passed in 2 files"
    assert untested.startswith("Rules that no test shows: after-the-stay, before-the-stay, ")
    assert (
        unseen == "Steps that no test has seen take place: haircut-next-day/missed-you, haircut-next-day/one-more-try"
    )
    assert tests(args="--require-coverage").code == 1


def test_a_failure_shows_what_was_expected_beside_what_happened(tests: Run):
    ran = tests(HEAD + BAD, args="-k nobody")
    assert (ran.code, ran.out) == (1, SAID)


def test_one_that_fails_does_not_keep_the_others_from_passing(tests: Run):
    ran = tests(HEAD + GOOD + BAD + GOOD.replace("he is", "she is"))
    assert ran.code == 1
    assert ran.out.count("FAILED") == 1
    assert "\n1 test of 3 failed in 1 file\n" in ran.out


def test_programs_read_the_same(tests: Run):
    told = tests(HEAD + GOOD + BAD, args="--json")
    assert told.code == 1
    assert (told.json["ok"], told.json["passed"], told.json["failed"]) == (False, 1, 1)
    good, bad = told.json["tests"]
    assert good == {"file": "rules/one.test.yaml", "line": 7, "name": "he is called", "passed": True, "differences": [],
                    "refused": [], "notes": []}  # fmt: skip
    assert [d["mark"] for d in bad["differences"]] == ["+", "-", "~"]
    assert [d["step"] for d in bad["differences"]] == ["how-is-it", "missed-you", "how-is-it"]
    assert bad["differences"][1]["happened"] is None
    assert bad["differences"][2]["happened"]["at"] == "2026-11-21T15:30:00+00:00"
    assert bad["differences"][2]["differs"][0] == {
        "what": "at", "expected": "Sat 2026-11-21 10:00", "happened": "Sat 2026-11-21 10:30"
    }  # fmt: skip
    assert "haircut-next-day/one-more-try" in told.json["unseen_steps"]
    assert "service-plan" in told.json["untested_rules"]


def test_some_of_them_may_be_chosen(tests: Run):
    tests(HEAD + GOOD, HEAD.replace("haircut-next-day", "thank-you-for-the-purchase") + GOOD.replace("how-is-it",
          "haircut-next-day/how-is-it"))  # fmt: skip
    for args in ("--rule haircut-next-day", "-k one.test", "-k ONE"):
        assert tests(args=args).out == "1 test passed in 1 file\n"
    assert tests(args="-k called").out.startswith("2 tests passed in 2 files\n")
    assert tests(args="--rule haircut-next-day --json").json["untested_rules"] is None
    ran = tests(args="-k nothing-like-it")
    assert (ran.code, ran.out) == (1, "")
    assert "of 2 tests none fits" in ran.err
    assert "there is no rule 'haircut'" in tests(args="--rule haircut").err


def test_mistakes_are_told_all_at_once_and_nothing_is_played(tests: Run):
    ran = tests(HEAD + GOOD.replace("how-is-it", "how-is-that"), HEAD + GOOD.replace("given", "gvien"))
    assert (ran.code, ran.out) == (1, "2 mistakes in the tests; nothing was played\n")
    assert ran.err.splitlines() == [
        "rules/one.test.yaml:9:43: error: no rule of this file has a step `how-is-that` (did you mean `how-is-it`?)",
        "rules/two.test.yaml:8:5: error: a test has no key `gvien` (did you mean `given`?)",
    ]
    told = tests(args="--json")
    assert (told.code, told.err, told.json["ok"]) == (1, "", False)
    assert [(p["file"], p["line"]) for p in told.json["problems"]] == [
        ("rules/one.test.yaml", 9), ("rules/two.test.yaml", 8)
    ]  # fmt: skip


def test_what_is_probably_misspelt_is_said_and_played(tests: Run):
    ran = tests(HEAD + GOOD.replace("event: a haircut}", "event: a haircut, data: {totl: 5}}"))
    assert ran.code == 0
    assert "warning: `event.totl` is not a known field" in ran.err


def test_tests_may_lie_in_folders_and_hidden_ones_are_passed_over(tests: Run, business: Path):
    for name in ("tests/haircut.yaml", "salon/haircut.test.yml", ".drafts/one.test.yaml"):
        file = business / "rules" / name
        file.parent.mkdir()
        file.write_text((HEAD if name != "tests/haircut.yaml" else HEAD.partition("\n")[2]) + GOOD)
    assert tests().out.startswith("2 tests passed in 2 files\n")


def test_where_there_are_none_a_first_one_is_shown(tests: Run, business: Path):
    ran = tests()
    assert (ran.code, ran.err) == (1, "")
    assert "There are no tests yet. A first one for " in ran.out
    begun = ran.out.index("    customers:")
    text = "\n".join(line[4:] for line in ran.out[begun:].splitlines() if line.startswith("    "))
    name = ran.out.split("stands beside the rule, in ")[1].split(":")[0]
    (business / name).write_text(text)
    again = tests()
    assert again.err == ""  # it can be read; whether it passes is for marketing to see to
    assert "1 test" in again.out
    (business / name).unlink()
    assert tests(args="--json").json["tests"] == []


def test_broken_rules_are_told_before_any_test_is(tests: Run, business: Path):
    (business / "rules" / "haircut.yaml").write_text("rules:\n  haircut-next-day: {on: purchase}\n")
    ran = tests(HEAD + GOOD)
    assert (ran.code, ran.out) == (1, "")
    assert "1 mistake in the rules" in ran.err


def test_a_folder_may_be_named_and_no_database_is_needed(tests: Run, business: Path, tmp_path: Path, monkeypatch):
    tests(HEAD + GOOD)
    (business / "outreach.db").unlink()
    monkeypatch.chdir(tmp_path)
    ran = tests(args=f"{business / 'rules'} -k called")
    assert (ran.code, ran.out) == (0, "1 test passed in 1 file\n")
    assert list(tmp_path.glob("*.db")) == []
    assert tests(args="nowhere").code == 1


def test_asked_wrongly_it_exits_with_two(tests: Run):
    assert tests(args="--colour").code == 2
    assert tests(args="--require-coverage -k called").code == 2


def test_the_documentations_example_passes(tests: Run, business: Path):
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8").partition("## Tests beside the rules")[2]
    (business / "rules" / "haircut.test.yaml").write_text(text.split("```yaml\n")[1].split("```")[0])
    ran = tests()
    assert (ran.code, ran.out.splitlines()[0]) == (0, "2 tests passed in 1 file")
