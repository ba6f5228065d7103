// A report: its findings, tables as printed beside the source's pictures, versions compared, what it says in words.
"use strict";

(() => {
  const { h, SAID } = gouji;
  const target = document.getElementById("report");
  const NARROW = window.matchMedia("(max-width: 68rem)");
  const ALONE = 2;
  const OTHERS = 5;
  const SECTIONS = { overview: "一、总体情况", problems: "五、存在的主要问题及改进情况", other_matters: "六、其他需要报告的事项" };
  const OUTCOMES = { pass: "相符", fail: "不符", not_evaluable: "无法核对", not_applicable: "不适用", "": "未作核对" };
  const LETTERS = { p: "pass", f: "fail", n: "not_evaluable", "-": "not_applicable" };

  function open() {
    const [id, finding] = decodeURIComponent(location.hash.slice(1)).split("/");
    const parts = /^(.+)-(\d{4})$/.exec(id) || ["", "", ""];
    gouji.unit(parts[1]).then((unit) => {
      const year = unit.years.find((one) => String(one.year) === parts[2]);
      const report = unit.reports[parts[2]];
      if (year && report && report.versions) new Page(unit, year, report).show(finding);
      else gouji.fail(target, year ? `${unit.name} ${year.year} 年：${SAID[gouji.letter(year)]}${year.reason ? `（${year.reason}）` : ""}`
        : `没有这份报告：${id}`);
    }, () => gouji.fail(target, `没有这份报告：${id || "（地址中没有报告编号）"}`));
  }

  class Page {
    constructor(unit, year, report) {
      Object.assign(this, { unit, year, report, newest: report.versions[0], shown: 0, against: null });
      this.marks = new Map();
      for (const finding of report.findings) {
        for (const number of new Set([...finding.cells, ...(finding.suspects || [])])) {
          const mark = this.marks.get(number) || { list: [], suspect: false };
          mark.list.push(finding);
          mark.suspect = mark.suspect || (finding.severity === "critical" && (!finding.suspects || finding.suspects.includes(number)));
          this.marks.set(number, mark);
        }
      }
      this.tip = gouji.viewer.tip((number) => this.said(number), (number, scroll) => this.light(number, scroll));
      this.viewer = report.pictures ? gouji.viewer.panel(report.pictures, this.marks) : null;
    }

    show(wanted) {
      const { unit, year } = this;
      gouji.shown(`${unit.name} ${year.year} 年`);
      this.place = h("div", { class: "tables" });
      gouji.fill(target, this.head(), this.list(), this.compare(),
        h("div", { class: this.viewer ? "pair" : "single" }, this.place, this.viewer ? this.viewer.element : this.none()),
        this.words(), this.outcomes(), this.source(), this.tip.element);
      this.draw();
      window.scrollTo(0, 0);
      const card = wanted && document.getElementById(`finding-${wanted}`);
      if (card) {
        card.scrollIntoView({ block: "center" });
        card.querySelector("button, a").focus({ preventScroll: true });
      }
    }

    head() {
      const { unit, year, newest } = this;
      const letter = newest.gate === "held" ? "h" : gouji.letter(year);
      const older = letter === "h" && year.gate === "released";
      const years = Object.keys(unit.reports).filter((one) => unit.reports[one].versions).map(Number);
      const step = (to, text, rel) => years.includes(to) ? h("a", { href: `report.html#${unit.id}-${to}`, rel }, text) : null;
      return h("header", { class: "report-head" },
        h("p", { class: "crumbs" }, h("a", { href: `unit.html#${unit.id}` }, unit.name), ` / ${year.year}`),
        h("h1", null, `${unit.name} ${year.year} 年度报告`),
        h("p", { class: "tags" }, h("span", { class: `tag state ${letter}` }, older ? "现版暂扣，旧版仍放行" : SAID[letter]),
          h("span", { class: "tag" }, `${newest.edition} 版表式`),
          newest.waived ? h("span", { class: "tag" }, `${newest.waived} 项已豁免`) : null,
          newest.link ? gouji.external(newest.link, "打开来源") : null,
          step(year.year - 1, "← 上一年", "prev"), step(year.year + 1, "下一年 →", "next"),
          h("button", { type: "button", class: "print", on: { click: () => window.print() } }, "打印")));
    }

    /** Critical findings and the few of a rule have a card each; many of one rule share one. */
    list() {
      const { findings } = this.report;
      const cards = gouji.grouped(findings, (finding) => finding.status + finding.severity + finding.rule).flatMap((group) =>
        group[0].severity === "critical" || group.length <= ALONE ? group.map((finding) => this.card(finding)) : [this.many(group)]);
      return h("section", { "aria-labelledby": "problems-title" }, h("h2", { id: "problems-title" }, `不符之处（${gouji.counted(findings)}）`),
        findings.length ? h("div", { class: "cards" }, cards) : h("p", null, "各项规则均未发现不符。"));
    }

    many(group) {
      return h("article", { class: `card ${group[0].severity}` },
        h("p", { class: "tags" }, gouji.tag(group[0].severity), gouji.waivedTag(group[0]), gouji.ruleLink(group[0].rule), h("span", { class: "note" }, `${group.length} 项`)),
        h("ul", { class: "many" }, group.map((finding) => h("li", { id: `finding-${finding.id}`, on: this.hover(finding) },
          h("button", { type: "button", title: finding.message, on: { click: () => this.light(finding, true) } },
            finding.equation ? gouji.equation(finding.equation) : null, ` ${finding.scope}`)))));
    }

    /** Pointing at a finding shows its cells. */
    hover(finding) {
      const lit = () => this.light(finding, false);
      const dark = () => this.light(null, false);
      return { pointerenter: lit, pointerleave: dark, focusin: lit, focusout: dark };
    }

    card(finding) {
      return h("article", { class: `card ${finding.severity}`, id: `finding-${finding.id}`, on: this.hover(finding) },
        h("p", { class: "tags" }, gouji.tag(finding.severity), gouji.waivedTag(finding), gouji.ruleLink(finding.rule)),
        finding.equation ? h("p", null, gouji.equation(finding.equation)) : null,
        h("p", null, finding.message || finding.scope),
        this.blame(finding),
        finding.cells.length ? h("p", null, h("button", { type: "button", on: { click: () => this.light(finding, true) } },
          this.viewer ? "在表中和原件上指出" : "在表中指出")) : null,
        h("p", { class: "note" }, `首见 ${finding.since}（${finding.release}）`));
    }

    blame(finding) {
      const names = (numbers) => numbers.map((number) => `“${gouji.tables.label(number)}”`).join("、");
      const sets = finding.alternatives || [];
      return [
        finding.attribution && finding.severity === "critical"
          ? h("p", null, "责任：", h("strong", null, gouji.words().attributions[finding.attribution] || finding.attribution)) : null,
        sets.length === 1 ? h("p", null, "存疑：", names(sets[0])) : null,
        sets.length > 1 ? h("details", null, h("summary", null, `存疑：有 ${sets.length} 组单元格可改，使算式成立`),
          h("ul", null, sets.map((numbers) => h("li", null, names(numbers))))) : null,
        finding.elsewhere ? this.others([...new Set(finding.elsewhere.map(([report]) => report))]) : null,
      ];
    }

    others(reports) {
      return h("p", { class: "note" }, "对照报告：", reports.slice(0, OTHERS).map((report, place) =>
        [place ? "、" : "", h("a", { href: `report.html#${report}` }, report)]), reports.length > OTHERS ? ` 等 ${reports.length} 份` : "");
    }

    /** What the tip says of a cell. */
    said(number) {
      const mark = this.shown === 0 ? this.marks.get(number) : null;
      const note = (this.report.versions[this.shown].notes || {})[number];
      return [
        h("p", { class: "tip-name" }, gouji.tables.label(number)),
        this.viewer && NARROW.matches ? gouji.viewer.crop(this.report.pictures, number) : null,
        ...(mark ? mark.list.slice(0, 4).map((finding) => h("div", { class: `tip-finding ${finding.severity}` },
          h("p", null, gouji.tag(finding.severity), " ", gouji.waivedTag(finding), ` ${gouji.rule(finding.rule).title}`),
          finding.equation ? h("p", null, gouji.equation(finding.equation)) : null,
          h("p", null, brief(finding)))) : []),
        mark && mark.list.length > 4 ? h("p", { class: "note" }, `另有 ${mark.list.length - 4} 处不符`) : null,
        ...(note ? noted(note) : []),
      ].filter(Boolean);
    }

    /** Show a cell, or the cells of a finding, in tables and pictures; null for nothing. */
    light(what, scroll) {
      let numbers = [];
      if (typeof what === "number") {
        const mark = this.shown === 0 ? this.marks.get(what) : null;
        numbers = [what, ...(mark ? mark.list.slice(0, 1).flatMap((finding) => finding.cells) : [])];
      } else if (what) numbers = [...(what.suspects || []), ...what.cells];
      for (const [number, cell] of this.cells || []) cell.classList.toggle("lit", numbers.includes(number));
      if (this.viewer) this.viewer.locate(numbers, scroll);
      if (!scroll || !numbers.length) return;
      const cell = this.cells.get(numbers.find((number) => this.cells.has(number)));
      if (cell && typeof what !== "number") {
        cell.scrollIntoView({ block: "center" });
        const button = cell.querySelector("button");
        if (button) button.focus({ preventScroll: true });
      }
    }

    draw() {
      const { versions } = this.report;
      const version = versions[this.shown];
      const before = this.against === null ? null
        : new Map(gouji.tables.differences(versions[this.against], version).map(({ number, before: text }) => [number, text]));
      const { elements, cells } = gouji.tables.draw(version, this.shown === 0 ? this.marks : new Map(), before, this.tip.on);
      this.cells = cells;
      for (const [number, cell] of cells) cell.addEventListener("click", () => this.light(number, true));
      this.place.replaceChildren(h("p", { class: "note" }, "照原表式排列，数字照原文；空白即原文空白。",
        this.shown ? "此为较早的版本，不符之处只标在现版上。" : ""), ...elements);
    }

    compare() {
      const { versions } = this.report;
      if (versions.length < 2) return null;
      const options = () => versions.map((version, place) => h("option", { value: String(place) }, named(version)));
      const shown = h("select", { id: "shown" }, options());
      const against = h("select", { id: "against" }, h("option", { value: "" }, "不对照"), options());
      against.value = "1";
      const result = h("div", { id: "differences", role: "status" });
      const update = () => {
        this.tip.hide();
        this.shown = Number(shown.value);
        this.against = against.value === "" || against.value === shown.value ? null : Number(against.value);
        result.replaceChildren(...this.differences());
        this.draw();
      };
      shown.addEventListener("change", update);
      against.addEventListener("change", update);
      this.against = 1;
      result.append(...this.differences());
      return h("section", { class: "compare", "aria-labelledby": "compare-title" }, h("h2", { id: "compare-title" }, `版本对照（${versions.length}）`),
        h("p", { class: "pick" }, h("label", null, "表中显示", shown), h("label", null, "对照", against)), result);
    }

    differences() {
      if (this.against === null) return [];
      const { versions } = this.report;
      const found = gouji.tables.differences(versions[this.against], versions[this.shown]);
      if (!found.length) return [h("p", null, "两个版本各格相同。")];
      const text = (value) => value === undefined ? "（无此栏）" : value === "" ? "（空白）" : value;
      return [h("p", null, `相差 ${found.length} 格，表中以删除线和下划线标出。`),
        h("details", { open: found.length <= 12 }, h("summary", null, "逐格列出"),
          h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "逐格列出" }, h("table", { class: "list diff" },
            h("thead", null, h("tr", null, h("th", { scope: "col" }, "栏"), h("th", { scope: "col" }, named(versions[this.against])),
              h("th", { scope: "col" }, named(versions[this.shown])))),
            h("tbody", null, found.map(({ number, before, after }) => h("tr", null, h("th", { scope: "row" }, gouji.tables.label(number)),
              h("td", null, h("del", null, text(before))), h("td", null, h("ins", null, text(after)))))))))];
    }

    none() {
      return this.report.findings.length
        ? h("p", { class: "note no-picture" }, "本站未附此报告的原件图片（图片总量有限，先收有严重问题的报告）；请打开来源核对。") : null;
    }

    words() {
      const { passages } = this.newest;
      if (!passages || !passages.length) return null;
      return h("section", { "aria-labelledby": "words-title" }, h("h2", { id: "words-title" }, "正文中的数字"),
        h("p", { class: "note" }, "正文所说与表格对照；所指不明或另有范围的不作比较。"),
        passages.map((passage) => h("blockquote", null, h("p", { class: "note" }, SECTIONS[passage.section]), h("p", null, passage.before,
          passage.claims.map(([quote, outcome, rule, message, after]) => [
            h("mark", { class: outcome || "none", title: rule ? `${gouji.rule(rule).title}：${OUTCOMES[outcome]}${message ? `。${message}` : ""}` : null },
              quote, h("span", { class: "verdict" }, OUTCOMES[outcome])), after]), passage.cut ? "…" : ""),
        passage.claims.filter(([, outcome, , message]) => outcome === "fail" && message).map(([, , rule, message]) =>
          h("p", null, gouji.ruleLink(rule), `：${message}`)))));
    }

    outcomes() {
      const ids = Object.keys(gouji.words().rules);
      const rows = ids.map((id, place) => [id, LETTERS[this.report.rules[place]]]);
      const number = (outcome) => rows.filter(([, one]) => one === outcome).length;
      const said = Object.keys(OUTCOMES).filter(Boolean).map((outcome) => `${OUTCOMES[outcome]} ${number(outcome)}`).join("，");
      return h("section", { "aria-labelledby": "outcomes-title" }, h("h2", { id: "outcomes-title" }, "各条规则"),
        h("details", null, h("summary", null, said), h("ul", { class: "outcomes" }, rows.map(([id, outcome]) =>
          h("li", { class: outcome }, h("span", { class: `verdict ${outcome}` }, OUTCOMES[outcome]), " ", gouji.ruleLink(id))))));
    }

    source() {
      const { newest } = this;
      const rows = [
        ["来源", newest.link ? gouji.external(newest.link, newest.address) : newest.address], ["原标题", newest.title],
        ["所印单位", newest.unit], ["公布日期", newest.published], ["统计期限", newest.period],
        ["采集时间", newest.captured && `${newest.captured}（北京时间）`], ["文件类型", newest.media],
        ["置信度", newest.confidence && `最低 ${newest.confidence}`],
        ["SHA-256", newest.sha256 && h("code", { class: "hash" }, newest.sha256)], ["读取程序", newest.reader],
        ["范围", gouji.words().scopes[newest.scope]], ["暂扣原因", this.year.reason],
        ["制作", `原报告由${newest.unit || this.unit.name}制作并公开；本站只作读取和核对。`],
        ["表外文字", (newest.leftovers || []).map(([, text]) => text).join("；")], ["读取说明", (newest.remarks || []).join("；")],
      ];
      return h("section", { "aria-labelledby": "source-title" }, h("h2", { id: "source-title" }, "来源"),
        h("dl", { class: "facts" }, rows.filter(([, value]) => value).map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value)))));
    }
  }

  /** What is wrong, without what could mend it: the card has that. */
  function brief(finding) {
    const said = finding.message || finding.scope;
    const end = said.indexOf("。");
    return end > 0 ? said.slice(0, end + 1) : said;
  }

  function named(version) {
    const gate = { held: "暂扣版", released: "放行版" }[version.gate] || `${version.gate} 中的旧版`;
    return `${gate}${version.captured ? `（采集 ${version.captured}）` : ""}`;
  }

  function noted(note) {
    const lines = [];
    if (note.unreadable) lines.push("原文无法辨认，未取数值");
    if (note.note) lines.push(note.note);
    if (note.second !== undefined) lines.push(`复读作“${note.second || "空白"}”`);
    if (note.confidence !== undefined) lines.push(`识别置信度 ${note.confidence}`);
    if (note.proposed !== undefined) lines.push(`按勾稽关系推算 ${note.proposed}`);
    if (note.reason) lines.push(note.reason);
    return [h("ul", { class: "tip-notes" }, lines.map((line) => h("li", null, line)))];
  }

  window.addEventListener("hashchange", open);
  open();
})();
