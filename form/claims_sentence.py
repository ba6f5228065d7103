"""A sentence of a narrative, read from left to right: each figure with the clause that says what it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from form import claims_cases as cases
from form import claims_subjects as subjects
from form.claim import Claim, Kind
from form.claims_compared import Comparison, comparison, is_relative
from form.claims_figures import Figure, figures
from form.claims_own import Own
from form.claims_scope import period_of, scope_of
from form.claims_text import Bare
from form.claims_topic import topic_of

#: a longer clause before a figure says nothing certain
MAX_LEAD: Final = 60

_WHOLES: Final = ("received", *subjects.ANSWERS, *(f"{case}.total" for case in cases.CASES))
#: a clause before the figure's own that takes a part of the whole
_PART: Final = re.compile(
    r"(?:其中|(?:通过|以|经)(?!各种|各类|多种|不同)[^,]{0,12}(?:方式|渠道|途径|形式|平台|网站|信箱|系统))[,:]?$"
)
_DISCLOSURE: Final = re.compile(r"信息公开|依申请公开")
_BOUNDARY: Final = re.compile(r"[,;:()]|、(?!法人|其[他它]组织|行政法规|举报|投诉)|以及(?!其他组织)")
#: joins a clause to the one before; not the 与 of `与上年相比`
_JOINT: Final = re.compile(r"^(?:和|及|并|与(?!上|去|前|往|20))+")
#: `均按期办结` leaves open what is not yet due, so it is no claim that all is closed
#: `政府信息公开申请30件已全部办结`, `所有申请均已办结`: the whole once more
_ALL_OF_THEM: Final = re.compile(
    r"^.*\d[件份起](?=(?:已|均|,|现|目前|都)*$)|(?:所有|上述|以上)(?:的)?(?:申请|事项|案件)件?"
)
_ALL: Final = re.compile(
    r"(?:(?:复议机关|复议机构|人民法院|法院)|(?:审理|复议)?结果)?(?:全部|均|都|全数"
    r"|悉数)(?:均|已|全部|予以|予|给予|得到|得以|按规定|按要求|按程序|顺利|圆满|依法"
    r"|依规|依法依规|规范|妥善|获得?|被|结果均?为?|为|机关|法院)*(?:答复|回复)?"
    r"(?P<act>办结|办理完毕|处理完毕|办毕|办理完结|办理完成|办复|维持)(?!率)"
)
#: before a statement: a wish, a duty or a denial
_NOT_SO: Final = re.compile(r"(?:确保|力争|争取|做到|要求|保证|推动|实现|应当?|须|将|能|未|不|没有|并非)[^,;]{0,20}$")


class _Place(NamedTuple):
    """A figure with its clause: where that begins, the words before the figure and after it."""

    figure: Figure
    begin: int
    lead: str
    tail: str
    topic: str
    issuing: str
    base: str


class Sentence:
    """A sentence of a paragraph; `words` are in half width and without white space."""

    def __init__(
        self, section: str, text: str, year: int | None, bare: Bare, first: int, stop: int, own: Own
    ) -> None:
        self._section, self._text, self._year, self._own = section, text, year, own
        self._bare, self._first = bare, first
        self.words = bare.text[first:stop]

    def claims(self, topic: str) -> list[Claim]:
        """Its claims in the order of their words; `topic` is what the text before speaks of."""
        figured = list(self._figures(topic))
        found = [*figured, *self._nothing(), *self._statements(topic, figured)]
        return sorted(found, key=lambda claim: (claim.start, claim.end))

    def claim(
        self, kind: Kind, number: Decimal | None, unit: str, subject: str, first: int, stop: int, said: str = ""
    ) -> Claim:
        """A claim of the words from `first` up to `stop`; `said` is what its scope and period are told from."""
        said = said or self.words[:first]
        # The mark before a clause is no part of its words.
        first += len(self.words[first:stop]) - len(self.words[first:stop].lstrip(",:;、"))
        start, end = self._bare.span(self._first + first, self._first + stop)
        scope, scope_words = scope_of(self._own.worded(said))
        return Claim(
            kind, number, unit, subject, scope, period_of(said, self._year), self._section, start, end,
            self._text[start:end], scope_words=scope_words,
        )  # fmt: skip

    def _figures(self, topic: str) -> Iterator[Claim]:
        every = list(figures(self.words))
        stop, reach, issuing, before = 0, 0, "", "uncertain"
        for index, figure in enumerate(every):
            begin = self._clause(stop, figure.first)
            lead = self._own.worded(_JOINT.sub("", self.words[begin : figure.first]))
            following = every[index + 1].first if index + 1 < len(every) else len(self.words)
            tail = self._own.worded(_BOUNDARY.split(self.words[figure.stop : following], maxsplit=1)[0])
            lead = lead if len(lead) <= MAX_LEAD else ""
            tail = tail if len(tail) <= MAX_LEAD else ""
            if verb := cases.issues(lead):
                issuing = verb
            elif self.words[stop:begin] not in ("、", ",", ""):
                issuing = ""
            base = before if begin - max(stop, reach) <= 1 else "uncertain"
            claim = self._figure(_Place(figure, begin, lead, tail, topic, issuing, base))
            before = self._next_base(claim, before)
            stop = figure.stop
            # `受理36件政府信息公开申请，同比上升16%`: the object after the figure belongs to it.
            reach = stop + (len(tail) if subjects.is_numbered(tail) else 0)
            if claim:
                yield claim

    @staticmethod
    def _next_base(claim: Claim | None, before: str) -> str:
        """What a growth or share after this figure is of: of what it counts, or of what it is a share of."""
        if claim is None:
            return "uncertain"
        # `收到172件，比上年提高22%，占总数的30%` leaves open what has the share of 30%.
        kept = claim.of == before and before not in _WHOLES
        return claim.subject if claim.of is None else before if kept else "uncertain"

    def _figure(self, place: _Place) -> Claim | None:
        figure, compared = place.figure, comparison(place.lead, place.figure.unit)
        stop = figure.stop + (len(place.tail) if subjects.nearest(place.tail) and self._stands(place) else 0)
        if compared:
            # The year before a growth is the one that it is measured against.
            said = self.words[: place.begin] or self.words[:1]
            of, whole = self._compared(compared, place), compared.whole
            made = self.claim(
                "figure", figure.number * compared.sign, figure.unit, compared.kind, place.begin, stop, said
            )
            return replace(made, approximate=figure.approximate, of=of, whole=whole)
        subject, near = self._counted(place)
        if subject is None:
            return None
        said = self.words[: place.begin] if subject.startswith("carried") else self.words[: figure.first]
        made = self.claim("figure", figure.number, figure.unit, subject, place.begin, stop, said or self.words[:1])
        return replace(made, approximate=figure.approximate, of=near)

    def _stands(self, place: _Place) -> bool:
        """Whether the tail is as it stands in the text, with no own name or year reworded in it."""
        return self.words.startswith(place.tail, place.figure.stop)

    def _compared(self, compared: Comparison, place: _Place) -> str:
        """The subject that a growth or a share is of."""
        if compared.base is not None:
            return compared.base or place.base
        topic = topic_of(self.words[: place.begin] + compared.head, place.topic)
        return self._subject(compared.head, "", place, topic) or "uncertain"

    def _counted(self, place: _Place) -> tuple[str | None, str | None]:
        """The subject of a figure that is no comparison, and what an uncertain one comes nearest to.

        No subject where it counts something else.
        """
        lead, tail = place.lead, place.tail
        near = subjects.nearest(lead + tail)
        if place.figure.unit.endswith(("%", "点")):
            relative = is_relative(lead)
            return ("uncertain", relative or "share") if near or relative else (None, None)
        topic = topic_of(self.words[: place.figure.first], place.topic)
        subject = self._subject(lead, tail, place, topic)
        # `其中新收`: that one is the whole of its kind beside what was carried in. `收到50件，其中答复48件` is all
        # that was answered, `答复50件，其中按时答复49件` is not.
        part = "其中" in lead and (
            subject == "received" or (subject in subjects.ANSWERS and place.base in subjects.ANSWERS)
        )
        if subject in _WHOLES and "新收" not in lead and (part or self._is_part(subject, place)):
            return "uncertain", subject
        if subject:
            return subject, None
        block = topic if topic in cases.CASES else None
        bare = subjects.is_bare(lead) and (block or topic == "applications")
        loose = subjects.application(lead, tail, known=True)
        return ("uncertain", near or loose or "received") if near or bare or loose else (None, None)

    def _is_part(self, subject: str, place: _Place) -> bool:
        """Whether the clause before takes a part of the whole; reviews and suits are each a whole among 行政争议."""
        before = self.words[: place.begin]
        hit = _PART.search(before)
        apart = subject.endswith(".total") and topic_of(before, place.topic) not in cases.CASES
        return bool(hit) and not (apart and hit and hit[0].startswith("其中"))

    def _subject(self, lead: str, tail: str, place: _Place, topic: str) -> str | None:
        block = topic if topic in cases.CASES else None
        informed = _DISCLOSURE.search(self.words[: place.figure.stop] + tail) or place.topic in (
            "applications",
            *cases.CASES,
        )
        listing = place.base in cases.CASE_SUBJECTS
        return (
            subjects.application(lead, tail, topic == "applications")
            or (cases.case(lead, tail, block, listing) if informed else None)
            or cases.document(lead, tail, place.issuing)
        )

    def _clause(self, stop: int, first: int) -> int:
        """Where the clause of a figure begins: after the last mark, or after the figure before."""
        begin = stop
        for mark in _BOUNDARY.finditer(self.words, stop, first):
            # A colon or comma right before the figure belongs to its clause: `共计：5件`; not one that ends
            # the words after another figure: `12件予以公开，3件不予公开`.
            if mark.end() < first or (begin == stop > 0 and mark.start() > stop):
                begin = mark.end()
        return begin

    def _mark(self, first: int) -> int:
        """Where the last mark up to `first` ends."""
        return max((mark.end() for mark in _BOUNDARY.finditer(self.words, 0, first)), default=0)

    def _nothing(self) -> Iterator[Claim]:
        """`未收到政府信息公开申请`, `未发生行政复议、行政诉讼`: none is a figure too."""
        for subject, first, stop in cases.nothing_in(self.words):
            begin = self._mark(first)
            lead = self._own.worded(self.words[begin:first])
            whole = subjects.is_unlimited(lead) and not _PART.search(self.words[:begin])
            made = self.claim("figure", Decimal(0), "件", subject if whole else "uncertain", first, stop)
            yield made if whole else replace(made, of=subject)

    def _statements(self, topic: str, figured: list[Claim]) -> Iterator[Claim]:
        """`全部办结`, `均获维持`: certain only where nothing before them speaks of a part."""
        for hit in _ALL.finditer(self.words):
            about = topic_of(self.words[: hit.start()], topic)
            closed = hit["act"] != "维持"
            if _NOT_SO.search(self.words[: hit.start()]) or about not in (
                ("applications",) if closed else cases.CASES
            ):
                continue
            subject = "processed" if closed else f"{about}.upheld"
            made = self.claim(
                "all_closed" if closed else "all_upheld", None, "", subject, hit.start(), hit.end()
            )  # fmt: skip
            lead = self._own.worded(self.words[self._mark(hit.start()) : hit.start()])
            before = [c.subject for c in figured if c.start < made.start and c.of is None]
            # `上年结转3件均已办结` speaks of these alone; after `收到50件` it speaks of both.
            if closed and before[-2:] == ["received", "carried_in"] and "其中" not in lead:
                before.pop()
            whole = _WHOLES[:3] if closed else (f"{about}.total",)
            certain = (not before or before[-1] in whole) and subjects.is_unlimited(_ALL_OF_THEM.sub("", lead))
            yield made if certain else replace(made, subject="uncertain", of=subject)
