"""What the narrative of a report claims on what its tables hold: figures and sweeping statements, with their words.

Prose misleads, so a claim is only as good as its words: where they do not say beyond doubt what is counted, the
subject is `uncertain`, and no rule may compare it. Nothing is computed here and nothing corrected; figures on
anything else (`发布信息2428条`) are no claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from form import claims_subjects as subjects
from form.claim import Claim, Kind
from form.claims_figures import Figure, figures
from form.claims_scope import period_of, scope_of
from form.claims_text import Bare, paragraphs, sentences
from form.reading import Narrative

#: more claims than a long report makes
MAX_CLAIMS: Final = 2000
#: a longer clause before a figure says nothing certain
MAX_LEAD: Final = 60

_CASES: Final = {"复议": "reconsideration", "诉讼": "litigation"}
_WHOLES: Final = ("received", "processed", "answered", "reconsideration.total", "litigation.total")
#: a clause before the figure's own that takes a part of the whole
_PART: Final = re.compile(r"(?:其中|(?:通过|以|经)[^,]{0,12}(?:方式|渠道|途径|形式|平台|网站|信箱|系统))[,:]?$")
_TOPIC: Final = re.compile(
    r"(?P<case>复议|诉讼)|(?P<foreign>热线|网络问政|留言|信件|咨询|提案|建议|信访|工单|来访|许可)"
)
_BOUNDARY: Final = re.compile(r"[,;:()]|、(?!法人)|以及")
_HEAD: Final = re.compile(
    r"^(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+[、是]|\d{1,2}[.、])(?P<words>.{2,20})$"
)
_GOES_ON: Final = re.compile(r"^(?:其中|均|已|全部|答复|办结|另|结转|予以|不予|部分公开|结果)")
#: `均按期办结` leaves open what is not yet due, so it is no claim that all is closed
_ALL: Final = re.compile(
    r"(?:全部|均|都)(?:均|已|全部|予以|给予|得到|依法|依规|规范|获得?|被|结果为?|为)*"
    r"(?P<act>办结|办理完毕|处理完毕|办毕|维持)(?!率)"
)
#: before a statement: a wish, a duty or a denial
_NOT_SO: Final = re.compile(r"(?:确保|力争|争取|做到|要求|保证|推动|实现|应当?|须|将|能|未|不|没有|并非)[^,;]{0,20}$")


def claims(narrative: Narrative, year: int | None) -> tuple[Claim, ...]:
    """The claims of the three sections in order; `year` is the report's, None if unknown.

    At most `MAX_CLAIMS`; never raises.
    """
    found: list[Claim] = []
    for section in ("overview", "problems", "other_matters"):
        text = getattr(narrative, section)
        for claim in _of_section(section, text or "", year):
            found.append(claim)
            if len(found) == MAX_CLAIMS:
                return tuple(found)
    return tuple(found)


def _of_section(section: str, text: str, year: int | None) -> Iterator[Claim]:
    for bare in paragraphs(text):
        heading, topic = "", ""
        for first, stop in sentences(bare):
            sentence = _Sentence(section, text, year, bare, first, stop)
            if not _GOES_ON.match(sentence.words):
                topic = heading
            if head := _HEAD.match(sentence.words):
                heading = topic = _topic(head["words"], "")
                continue
            yield from sentence.claims(topic)
            topic = _topic(sentence.words, topic)


def _topic(words: str, topic: str) -> str:
    """What a text speaks of last: applications, reconsideration, litigation, something else, or as before."""
    places = [(hit.start(), _CASES.get(hit["case"] or "", "foreign")) for hit in _TOPIC.finditer(words)]
    places += [(place, "applications") for place in subjects.applications_in(words)]
    return max(places)[1] if places else topic


class _Sentence:
    """A sentence of a paragraph, read from left to right."""

    def __init__(self, section: str, text: str, year: int | None, bare: Bare, first: int, stop: int) -> None:
        self._section, self._text, self._year = section, text, year
        self._bare, self._first = bare, first
        self.words = bare.text[first:stop]

    def claims(self, topic: str) -> list[Claim]:
        """Its claims in the order of their words; `topic` is what the text before speaks of."""
        figured = list(self._figures(topic))
        found = [*figured, *self._nothing(), *self._statements(topic, figured)]
        return sorted(found, key=lambda claim: (claim.start, claim.end))

    def _claim(
        self, kind: Kind, number: Decimal | None, unit: str, subject: str, first: int, stop: int, said: str = ""
    ) -> Claim:
        """A claim of the words from `first` up to `stop`; `said` is what its scope and period are told from."""
        said = said or self.words[:first]
        start, end = self._bare.span(self._first + first, self._first + stop)
        return Claim(
            kind, number, unit, subject, scope_of(said), period_of(said, self._year), self._section, start, end,
            self._text[start:end],
        )  # fmt: skip

    def _figures(self, topic: str) -> Iterator[Claim]:
        every = list(figures(self.words))
        stop, issuing, before = 0, False, "uncertain"
        for index, figure in enumerate(every):
            begin = self._clause(stop, figure.first)
            lead = self.words[begin : figure.first].lstrip("和及与并")
            following = every[index + 1].first if index + 1 < len(every) else len(self.words)
            tail = _BOUNDARY.split(self.words[figure.stop : following], maxsplit=1)[0]
            if subjects.issues(lead):
                issuing = True
            elif self.words[stop:begin] not in ("、", ""):
                issuing = False
            base = before if begin - stop <= 1 else "uncertain"
            claim = self._figure(figure, begin, lead, tail, topic, issuing, base)
            before = claim.subject if claim and claim.of is None else "uncertain"
            stop = figure.stop
            if claim:
                yield claim

    def _figure(
        self, figure: Figure, begin: int, lead: str, tail: str, topic: str, issuing: bool, base: str
    ) -> Claim | None:
        said = self.words[: figure.first]
        compared = subjects.comparison(lead, figure.unit)
        number, of = figure.number, base if compared else None
        if compared:
            subject: str | None = compared[0]
            number *= compared[1]
        else:
            subject = self._counted(figure, begin, lead, tail, _topic(said, topic), issuing)
        if subject is None:
            return None
        stop = figure.stop + (len(tail) if subjects.is_near(tail) else 0)
        # The year before a growth is the one that it is measured against.
        said = self.words[:begin] or self.words[:1] if compared else said
        claim = self._claim("figure", number, figure.unit, subject, begin, stop, said)
        return replace(claim, approximate=figure.approximate, of=of)

    def _counted(self, figure: Figure, begin: int, lead: str, tail: str, topic: str, issuing: bool) -> str | None:
        """The subject of a figure that is no comparison; None where it counts something else."""
        share = figure.unit.endswith(("%", "点"))
        doubt = subjects.is_near(lead + tail) or (share and subjects.is_relative(lead))
        if share or len(lead) > MAX_LEAD:
            return "uncertain" if doubt else None
        block = topic if topic in _CASES.values() else None
        informed = "信息公开" in self.words[: figure.first] or topic == "applications"
        subject = (
            subjects.application(lead, tail, topic == "applications")
            or (subjects.case(lead, tail, block) if informed else None)
            or subjects.document(lead, issuing)
        )
        part = subject == "received" and "其中" in lead
        if subject in _WHOLES and (part or _PART.search(self.words[:begin])):
            return "uncertain"
        bare = subjects.is_bare(lead) and (block or topic == "applications")
        return subject or ("uncertain" if doubt or bare or subjects.application(lead, tail, known=True) else None)

    def _clause(self, stop: int, first: int) -> int:
        """Where the clause of a figure begins: after the last mark, or after the figure before."""
        begin = stop
        for mark in _BOUNDARY.finditer(self.words, stop, first):
            # A colon or comma right before the figure belongs to its clause: `共计：5件`.
            if mark.end() < first:
                begin = mark.end()
        return begin

    def _mark(self, first: int) -> int:
        """Where the last mark up to `first` ends."""
        return max((mark.end() for mark in _BOUNDARY.finditer(self.words, 0, first)), default=0)

    def _nothing(self) -> Iterator[Claim]:
        """`未收到政府信息公开申请`, `未发生行政复议、行政诉讼`: none is a figure too."""
        for subject, first, stop in subjects.nothing_in(self.words):
            begin = self._mark(first)
            whole = subjects.is_unlimited(self.words[begin:first]) and not _PART.search(self.words[:begin])
            yield self._claim("figure", Decimal(0), "件", subject if whole else "uncertain", first, stop)

    def _statements(self, topic: str, figured: list[Claim]) -> Iterator[Claim]:
        """`全部办结`, `均获维持`: certain only where nothing before them speaks of a part."""
        for hit in _ALL.finditer(self.words):
            about = _topic(self.words[: hit.start()], topic)
            closed = hit["act"] != "维持"
            if _NOT_SO.search(self.words[: hit.start()]) or about not in (
                ("applications",) if closed else _CASES.values()
            ):
                continue
            claim = self._claim(
                "all_closed" if closed else "all_upheld", None, "", "processed" if closed else f"{about}.upheld",
                hit.start(), hit.end(),
            )  # fmt: skip
            lead = self.words[self._mark(hit.start()) : hit.start()]
            last = next((c.subject for c in reversed(figured) if c.start < claim.start), None)
            whole = (None, *_WHOLES, "carried_in") if closed else (None, f"{about}.total")
            yield claim if last in whole and subjects.is_bare(lead) else replace(claim, subject="uncertain")
