"""Rule folders that nobody writes by hand, or only by a great mistake: made here, because they are large or odd."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

STEPS = "steps: [{call: {script: hello}}]"
LINE = 100_000


def rule(*lines: str) -> str:
    """A file with one rule on a known event that has these lines."""
    return "rules:\n  a:\n    on: appointment.completed\n" + "".join(f"    {line}\n" for line in lines)


def rules(count: int, *, start: int = 0, when: str = "event.total > 3") -> str:
    made = (f"  r{i}: {{on: appointment.completed, when: {when}, {STEPS}}}\n" for i in range(start, start + count))
    return "rules:\n" + "".join(made)


def bomb(levels: int = 9) -> str:
    """The billion laughs."""
    names = "abcdefghi"[:levels]
    lines = [f"{names[0]}: &{names[0]} [{', '.join('x' * 9)}]"]
    lines += [f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise(names)]
    return "\n".join(lines) + f"\nrules: *{names[-1]}\n"


#: Name → the text of one file, and how the first complaint begins after `error: `.
TEXTS: dict[str, tuple[str, str]] = {
    "a-line-of-100-kB": (rule(f"about: {'x' * LINE}", "prioritty: 3", STEPS), "a rule has no key `prioritty`"),
    "a-key-of-100-kB": (rule(f"{'x' * LINE}: 3", STEPS), "a `:` is missing in `xxxx"),
    "a-name-of-100-kB": (f"rules: {{? {'x' * LINE} : {{on: visit}}}}\n", "`xxxx"),
    "a-misspelt-key-of-1-kB": (rule(f"{'priority' * 120}: 3", STEPS), "a rule has no key `prioritypriority"),
    "a-condition-of-20000-characters": (
        rule("when: " + " && ".join(["event.total > 3"] * 1100), STEPS), "the condition has 20896 characters",
    ),
    "a-condition-of-100-kB-in-a-list": (
        rule("when:", "  - event.totl > 3", "  - " + "(" * LINE, STEPS), "`event.totl` is not a known field",
    ),
    "a-thousand-brackets": (rule(f"when: {'(' * 900}true{')' * 900}", STEPS), "the condition is too deep or too long"),
    "six-hundred-ands": (rule("when: " + "&&".join(["true"] * 300), STEPS), "the condition is too deep or too long"),
    "lists-in-lists": (rule(f"when: event.total in {'[' * 300}{']' * 300}", STEPS), "the condition is too deep"),
    "choices-in-choices": (
        rule("when: |", "  " + "event.vip ? true : " * 90 + "true", STEPS), "the condition is too deep or too long",
    ),
    "a-pattern-that-grows": (
        rule("when: event.service.matches('((((((((((x{10}){10}){10}){10}){10}){10}){10}){10}){10}){10}')", STEPS),
        "the pattern in matches() can't be read",
    ),
    "a-pattern-with-backtracking-and-a-mistake": (
        rule("when: event.servce.matches('(a+)+$') && event.service.matches('(x+x+)+y')", STEPS),
        "`event.servce` is not a known field",
    ),
    "a-time-of-100-kB": (rule(f"steps: [{{call: {{at: {'next ' * 20_000}}}}}]"), "`at`: longer than 200 characters"),
    "a-number-of-100-kB": (rule(f"priority: {'9' * LINE}", STEPS), "`priority` should be a whole number"),
    "fifty-conditions-too-many": (rule("when: [" + "true, " * 200 + "]", STEPS), "a condition is a text"),
    "deep-lists": (f"rules: {'[' * 50_000}", "nested deeper than 20 levels"),
    "deep-mappings": ("\n".join(" " * i + "a:" for i in range(600)), "nested deeper than 20 levels"),
    "many-wrong-keys": (rule(*(f"k{i}: 1" for i in range(5000)), STEPS), "a rule has no key `k0`"),
    "many-misspelt-keys": (rule(*(f"prioritx{i}: 1" for i in range(5000)), STEPS), "a rule has no key `prioritx0`"),
    "many-wrong-steps": (
        rule("steps:", *(f"  - cal: {{scrpt: x{i}}}" for i in range(1500))), "a step has no key `cal`",
    ),
    "many-wrong-rules": (rules(800, when="event.totl = 3"), "`=` is not an operator here"),
    "many-keys-twice": (rule(*["priority: 1"] * 9000), "`priority` stands here a second time"),
    "many-variants": (
        rule("steps: [{sms: {template: {" + ", ".join(f"v{i}: helo{i}" for i in range(4000)) + "}}}]"),
        "there is no sms template `helo0`",
    ),
    "many-types": (
        rule("stop_on: [" + ", ".join(f"a b{i}" for i in range(5000)) + "]", STEPS), "`a b0` is no event type",
    ),
    "twenty-thousand-rules": ("rules:\n" + "".join(f" r{i}:\n" for i in range(20_000)), "more than 12,000 values"),
    "alias-bomb": (bomb(), "`&a` is a YAML anchor"),
    "anchors-in-thousands": (
        "rules: [" + ", ".join(f"&a{i} x" for i in range(9000)) + "]", "`&a0` is a YAML anchor",
    ),
    "five-megabytes": ("rules:\n" + "# nothing\n" * 500_000, "the file has more than 262,144 bytes"),
    "a-colon-in-every-line": ("a: b: c\n" * 30_000, "a `:` can't stand here"),
    "a-scalar-of-many-lines": ("rules:\n" + "word\n" * 40_000 + "a: b\n", "a `:` is missing in `word`"),
}  # fmt: skip


def as_file(text: str) -> Callable[[Path], object]:
    """Puts the text into the folder, as its one rule file."""
    return lambda folder: (folder / "a.yaml").write_text(text, encoding="utf-8")


def with_a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "a.yaml")


def with_a_socket(folder: Path) -> None:
    here = Path.cwd()
    os.chdir(folder)  # a socket's path may have a hundred characters
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("a.yaml")
    finally:
        os.chdir(here)


def with_a_link_to_itself(folder: Path) -> None:
    (folder / "a.yaml").symlink_to(folder / "a.yaml")


def with_a_link_to_its_folder(folder: Path) -> None:
    (folder / "b").symlink_to(folder, target_is_directory=True)
    as_file(rule("prioritty: 3", STEPS))(folder)


def with_a_device(folder: Path) -> None:
    (folder / "a.yaml").symlink_to("/dev/zero")


def with_a_folder_called_like_a_file(folder: Path) -> None:
    (folder / "a.yaml").mkdir()
    (folder / "a.yaml" / "b.yaml").write_text(rule("prioritty: 3", STEPS))


def with_an_unreadable_file(folder: Path) -> None:
    as_file(rule(STEPS))(folder)
    (folder / "a.yaml").chmod(0)


def with_no_folder(folder: Path) -> None:
    (folder / "fields.yaml").unlink()
    folder.rmdir()


def with_a_file_for_the_folder(folder: Path) -> None:
    with_no_folder(folder)
    folder.write_text("rules:\n")


def with_an_ending_that_hides(folder: Path) -> None:
    (folder / "a.yaml.txt").write_text(rule(STEPS))


def with_an_ending_in_capitals(folder: Path) -> None:
    (folder / "a.YAML").write_text(rule("prioritty: 3", STEPS))


def with_twenty_thousand_rules_in_a_hundred_files(folder: Path) -> None:
    for k in range(100):
        (folder / f"a{k}.yaml").write_text(rules(200, start=200 * k, when=f"event.total > {k}00000000 && true"))


def with_the_same_name_everywhere(folder: Path) -> None:
    for k in range(500):
        (folder / f"a{k:03}.yaml").write_text(rule(STEPS) + "cadence: {min_gap: 1 hour}\n")


FOLDERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a-pipe": (with_a_pipe, "the file can't be read: it is no plain file"),
    "a-socket": (with_a_socket, "the file can't be read: it is no plain file"),
    "a-link-to-itself": (with_a_link_to_itself, f"the file can't be read: {os.strerror(errno.ELOOP)}"),
    "a-link-to-its-folder": (with_a_link_to_its_folder, "a rule has no key `prioritty`"),
    "a-device": (with_a_device, "the file can't be read: it is no plain file"),
    "a-folder-called-like-a-file": (with_a_folder_called_like_a_file, "a rule has no key `prioritty`"),
    "no-folder": (with_no_folder, "there is no folder `rules` in"),
    "a-file-for-the-folder": (with_a_file_for_the_folder, "`rules` is a file, not a folder"),
    "an-empty-file": (as_file(""), "there are no rules: nobody will be contacted"),
    "an-ending-that-hides": (with_an_ending_that_hides, "this file is not read: its name ends in `.txt`"),
    "an-ending-in-capitals": (with_an_ending_in_capitals, "a rule has no key `prioritty`"),
    "twenty-thousand-rules-in-files": (with_twenty_thousand_rules_in_a_hundred_files, "the 101 files have"),
    "the-same-name-everywhere": (with_the_same_name_everywhere, "the rule `a` is given a second time"),
} | ({} if os.geteuid() == 0 else {"an-unreadable-file": (with_an_unreadable_file, "the file can't be read")})


def hostile() -> Iterator[tuple[str, Callable[[Path], object], str]]:
    """Name, what makes the folder, and how the first complaint begins."""
    yield from ((name, as_file(text), begins) for name, (text, begins) in TEXTS.items())
    yield from ((name, make, begins) for name, (make, begins) in FOLDERS.items())
