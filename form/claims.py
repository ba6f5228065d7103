"""What the narrative of a report claims on what its tables hold: figures and sweeping statements, with their words.

Prose misleads, so a claim is only as good as its words: where they do not say beyond doubt what is counted, the
subject is `uncertain`, and no rule may compare it. Nothing is computed here and nothing corrected; figures on
anything else (`发布信息2428条`) are no claims.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from form.claim import Claim
from form.claims_apart import as_part, in_parts
from form.claims_own import Own
from form.claims_sentence import Sentence
from form.claims_text import paragraphs, sentences
from form.claims_topic import heading, says_more, topic_of
from form.claims_years import years_in
from form.reading import Narrative

#: more claims than a long report makes
MAX_CLAIMS: Final = 2000


def claims(narrative: Narrative, year: int | None, unit: str | None = None) -> tuple[Claim, ...]:
    """The claims of the three sections in order; `year` and `unit` are the report's, None if unknown.

    At most `MAX_CLAIMS`; never raises.
    """
    own = Own(unit, year)
    found: list[Claim] = []
    for section in ("overview", "problems", "other_matters"):
        text = getattr(narrative, section)
        for claim in _of_section(section, text or "", year, own):
            found.append(claim)
            if len(found) == MAX_CLAIMS:
                return tuple(found)
    return tuple(found)


def _of_section(section: str, text: str, year: int | None, own: Own) -> Iterator[Claim]:
    spoken: list[Sentence] = []
    for bare in paragraphs(text):
        head, topic, apart = "", "", in_parts(bare.text, own)
        for first, stop in sentences(bare):
            sentence = Sentence(section, text, year, bare, first, stop, own)
            spoken.append(sentence)
            if not says_more(sentence.words):
                topic = head
            if words := heading(sentence.words):
                head = topic = topic_of(words, "")
                continue
            found = sentence.claims(topic)
            yield from (as_part(claim, text) for claim in found) if apart else found
            topic = topic_of(sentence.words, topic)
    for place, subject, named, first, stop in years_in(section, [sentence.words for sentence in spoken]):
        yield spoken[place].claim("year", Decimal(named), "年", subject, first, stop)
