// What every page shares: elements made of text alone, data files as scripts (a page in a folder may not fetch), words.
"use strict";

window.gouji = (() => {
  const version = document.body.dataset.version;
  const held = new Map();
  const waiting = new Map();

  /** Called by data files. */
  function put(name, data) {
    held.set(name, data);
    const found = waiting.get(name);
    if (found) found.resolve(data);
  }

  /** The data of a file; rejects where there is none. `name` is made of checked ids only. */
  function load(name, path) {
    if (held.has(name)) return Promise.resolve(held.get(name));
    if (!waiting.has(name)) {
      const entry = {};
      entry.promise = new Promise((resolve, reject) => Object.assign(entry, { resolve, reject }));
      const script = document.createElement("script");
      script.src = `data/${path}.js?v=${version}`;
      script.addEventListener("error", () => { waiting.delete(name); entry.reject(new Error(name)); });
      script.addEventListener("load", () => held.has(name) || entry.reject(new Error(name)));
      waiting.set(name, entry);
      document.head.append(script);
    }
    return waiting.get(name).promise;
  }

  function unit(id) {
    if (!/^[0-9A-Za-z_-]{1,80}$/.test(id)) return Promise.reject(new Error("id"));
    return load(`u/${id}`, `u/${id.slice(0, 4)}/${id}`);
  }

  /** An element: attributes (`on` holds listeners, null leaves one out), then children; text stays text. */
  function h(tag, attributes, ...children) {
    const element = tag in SVG ? document.createElementNS(SVG_SPACE, tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
    }
    element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  }
  const SVG_SPACE = "http://www.w3.org/2000/svg";
  const SVG = { svg: 1, path: 1, line: 1, rect: 1, circle: 1 };

  const words = () => held.get("words");
  const rule = (id) => words().rules[id] || { title: "", formula: "", explanation: "" };
  const tag = (severity) => h("span", { class: `tag ${severity}` }, words().severities[severity] || severity);
  const ruleLink = (id) => h("a", { href: `rules.html#${id}`, class: "rule-link", title: rule(id).explanation },
    h("code", null, id), ` ${rule(id).title}`);
  const external = (address, text) => h("a", { href: address, rel: "noopener noreferrer external" }, text);

  /** What became of a unit's year: a letter of the grid, its sign, its words. */
  const SIGNS = { k: "✓", h: "扣", m: "缺", b: "拒", u: "难", d: "·", g: "·", "-": "" };
  const SAID = { k: "已放行", h: "已暂扣", m: "未见公开", b: "网站拒绝访问", u: "无法读取", d: "未到期限", g: "已合并", "-": "没有记录" };
  function letter(year) {
    if (year.gate === "released") return "k";
    if (year.gate === "held") return "h";
    return { not_due: "d", merged: "g", not_published: "m", blocked: "b" }[year.status] || "u";
  }

  /** An equation with its broken sign set apart. */
  function equation(text) {
    return h("span", { class: "equation" }, text.split(/([≠≰≱＜＞<>≤≥])/).map((part) =>
      /^[≠≰≱＜＞<>≤≥]$/.test(part) ? h("b", null, part) : part));
  }

  function fail(target, text) {
    target.replaceChildren(h("h1", null, "没有找到"), h("p", { class: "warn", role: "alert" }, text),
      h("p", null, h("a", { href: "index.html" }, "回到总览")));
  }

  /** Tell screen readers, and give the keyboard a place to start. */
  function shown(title) {
    document.title = `${title} · 勾稽`;
  }

  /** The children of `target` anew; what is null is left out. */
  const fill = (target, ...children) => target.replaceChildren(...children.flat().filter(Boolean));

  /** Members of a list by what `name` gives, in order of their first. */
  function grouped(list, name) {
    const groups = new Map();
    for (const one of list) groups.set(name(one), [...(groups.get(name(one)) || []), one]);
    return [...groups.values()];
  }

  const isWaived = (finding) => finding.status === "waived";
  const waivedTag = (finding) => isWaived(finding) ? h("span", { class: "tag" }, "已豁免") : null;

  /** How many findings are open, and how many more a waiver covers. */
  function counted(findings) {
    const waived = findings.filter(isWaived).length;
    return `${findings.length - waived}${waived ? `，另有已豁免 ${waived}` : ""}`;
  }

  return { waivedTag, counted, fill, grouped, put, load, unit, h, words, rule, tag, ruleLink, external, letter, SIGNS, SAID, equation, fail, shown };
})();
