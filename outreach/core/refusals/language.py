"""What one language knows of saying stop: phrases, as regular expressions over folded text (see `reading.fold`).

Folded text has no capitals, accents, apostrophes (`dont`, `mappelez`) or punctuation, and one space between words. A
phrase matches whole words only. None of them repeats without a bound, so that no text takes long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class Language:
    """`benign`: phrases whose words look like a refusal and are none; taken out before anything is judged.

    `clear`: a refusal wherever it stands. `whole`: one when it is a whole sentence, courtesies aside, because more
    words change it ("don't call me" refuses, "don't call me before ten" wishes). `stoppers`: words that stop when
    `openers` and `closers`, the courtesies, are all that stands beside them.

    For a person to read: `doubtful` ones, wherever they stand; `exasperated`, as a whole sentence; `net`, a word that
    ends or denies near a word of contact within one sentence.

    `stranger`: who answers isn't whom we mean; `who`: the same, as a whole sentence.
    """

    code: str
    openers: tuple[str, ...]
    closers: tuple[str, ...]
    stoppers: tuple[str, ...]
    benign: tuple[str, ...]
    clear: tuple[str, ...]
    whole: tuple[str, ...]
    net: tuple[str, ...]
    doubtful: tuple[str, ...]
    exasperated: tuple[str, ...]
    stranger: tuple[str, ...]
    who: tuple[str, ...]

    # Compiled when the first reply is read: most processes never read one.
    @cached_property
    def clearly(self) -> re.Pattern[str]:
        """Finds `clear`."""
        return words(self.clear)

    @cached_property
    def doubtfully(self) -> re.Pattern[str]:
        """Finds `doubtful`."""
        return words(self.doubtful)

    @cached_property
    def netted(self) -> re.Pattern[str]:
        """Finds `net`."""
        return words(self.net)

    @cached_property
    def strangely(self) -> re.Pattern[str]:
        """Finds `stranger`."""
        return words(self.stranger)


def words(phrases: Iterable[str]) -> re.Pattern[str]:
    """Any of these phrases, as whole words."""
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b")
