// A unit's years: what became of each, the carry-over chain, findings over time.
"use strict";

(() => {
  const { h, SAID, SIGNS } = gouji;
  const target = document.getElementById("unit");

  function open() {
    const id = decodeURIComponent(location.hash.slice(1));
    gouji.unit(id).then(show, () => gouji.fail(target, `没有这个单位：${id || "（地址中没有单位代码）"}`));
  }

  function show(unit) {
    gouji.shown(unit.name);
    const { levels, kinds } = gouji.words();
    gouji.fill(target,
      h("h1", null, unit.name),
      h("p", { class: "note" }, [unit.id, unit.kind !== unit.level && (levels[unit.level] || unit.level), kinds[unit.kind] || unit.kind].filter(Boolean).join(" · "),
        unit.parent ? [" · 上级：", h("a", { href: `unit.html#${unit.parent[0]}` }, unit.parent[1])] : null),
      years(unit), chain(unit), findings(unit), events(unit));
    window.scrollTo(0, 0);
  }

  function years(unit) {
    return h("section", { "aria-labelledby": "years-title" }, h("h2", { id: "years-title" }, "历年报告"),
      h("ol", { class: "years" }, unit.years.map((year) => {
        const letter = gouji.letter(year);
        const counts = year.counts || {};
        const grave = (counts.critical || 0) + (counts.warning || 0);
        const there = unit.reports[year.year] && unit.reports[year.year].versions;
        const sign = h("span", { class: `cell ${letter === "k" && grave ? "w" : letter}`, "aria-hidden": "true" },
          letter === "k" && grave ? String(grave) : SIGNS[letter]);
        const name = there ? h("a", { href: `report.html#${unit.id}-${year.year}` }, `${year.year} 年`)
          : h("span", null, `${year.year} 年`);
        return h("li", null, sign, h("div", null, name, h("p", { class: "note" }, SAID[letter],
          counted(counts), year.reason ? `：${year.reason}` : null,
          !there && year.link ? [" ", gouji.external(year.link, "来源")] : null)));
      })));
  }

  function counted(counts) {
    const words = { ...gouji.words().severities, waived: "已豁免" };
    const said = Object.keys(words).filter((name) => counts[name]).map((name) => `${words[name]} ${counts[name]}`);
    return said.length ? `，${said.join("、")}` : "";
  }

  const ROWS = [["received", "本年新收"], ["carried_in", "上年结转"], ["processed_total", "办理总计"], ["carried_out", "结转下年度"]];

  function chain(unit) {
    if (!unit.chain.length) return null;
    const broken = unit.chain.filter((link) => link.link === "broken").map((link) => `${link.year - 1}→${link.year}`);
    return h("section", { "aria-labelledby": "chain-title" }, h("h2", { id: "chain-title" }, "结转链"),
      h("p", null, "上一年度“结转下年度继续办理”的总计，应等于本年度“上年结转”的总计。",
        broken.length ? h("strong", { class: "bad" }, `断开 ${broken.length} 处：${broken.join("、")}。`)
          : unit.chain.some((link) => link.link === "open") ? "没有断开之处，缺一方的无从核对。" : "各年首尾相接。"),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "结转链" },
        h("ol", { class: "chain" }, unit.chain.map((link) => [
          link.link ? h("li", { class: `link ${link.link}` }, join(unit, link)) : null,
          h("li", { class: "box" }, h("a", { href: `report.html#${unit.id}-${link.year}` }, `${link.year} 年`),
            h("dl", null, ROWS.map(([name, label]) => h("div", { class: name }, h("dt", null, label),
              h("dd", null, link[name] === null ? "—" : link[name]))))),
        ]))));
  }

  function join(unit, link) {
    const before = unit.chain.find((other) => other.year === link.year - 1);
    const out = before ? before.carried_out : null;
    const said = { same: `${out} = ${link.carried_in}`, broken: `${out} ≠ ${link.carried_in}`, open: "无从核对" }[link.link];
    const sign = { same: "⟶", broken: "✕", open: "⋯" }[link.link];
    return [h("span", { class: "sign", "aria-hidden": "true" }, sign), h("span", { class: "spoken" },
      { same: "相接：", broken: "断开：", open: "" }[link.link]), h("span", { class: "said" }, said)];
  }

  /** A row a year and rule: the gravest finding, and how many more there are. */
  function findings(unit) {
    const rows = Object.entries(unit.reports).sort(([one], [other]) => other - one)
      .flatMap(([year, report]) => gouji.grouped(report.findings, (finding) => finding.status + finding.rule).map((group) => [year, group]));
    const number = gouji.counted(rows.flatMap(([, group]) => group));
    return h("section", { "aria-labelledby": "findings-title" }, h("h2", { id: "findings-title" }, `现有问题（${number}）`),
      rows.length ? h("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "findings-title" },
        h("table", { class: "list" },
          h("thead", null, h("tr", null, ["年度", "程度", "规则", "所核对", "算式", "首见"].map((name) => h("th", { scope: "col" }, name)))),
          h("tbody", null, rows.map(([year, [finding, ...more]]) => h("tr", null,
            h("td", null, unit.reports[year].versions
              ? h("a", { href: `report.html#${unit.id}-${year}/${finding.id}` }, year) : year),
            h("td", null, gouji.tag(finding.severity), " ", gouji.waivedTag(finding)),
            h("td", null, gouji.ruleLink(finding.rule)),
            h("td", null, finding.scope, more.length ? h("span", { class: "note" }, ` 等 ${more.length + 1} 项`) : null),
            h("td", null, finding.equation ? gouji.equation(finding.equation) : finding.message),
            h("td", { class: "day" }, finding.since))))))
        : h("p", null, "没有。"));
  }

  function events(unit) {
    if (!unit.events.length) return null;
    const { events: words } = gouji.words();
    return h("section", { "aria-labelledby": "events-title" }, h("h2", { id: "events-title" }, "问题的来去"),
      h("ol", { class: "events" }, unit.events.slice(0, 200).map(([day, event, rule, scope, severity, year, release]) =>
        h("li", { class: event }, h("time", { datetime: day }, day), h("span", { class: `event ${event}` }, words[event] || event),
          ` ${year} 年 `, gouji.tag(severity), " ", gouji.ruleLink(rule), ` · ${scope} `, h("span", { class: "note" }, release)))));
  }

  window.addEventListener("hashchange", open);
  open();
})();
