// The grid of units and years: filters, search, rows on demand. The filters stand in the address, so that "back" works.
"use strict";

(() => {
  const { h, SIGNS, SAID } = gouji;
  const STEP = 150;
  const GAPS = "mbu";
  const $ = (id) => document.getElementById(id);
  const fields = { q: $("find"), place: $("place"), level: $("level"), state: $("state") };

  gouji.load("index", "index").then((data) => {
    const [ids, names] = [whole(data.units, 0), whole(data.units, 2)];
    const units = data.units.map(([, , , , place, level, words], at) => ({ id: ids[at], name: names[at],
      place: data.places[place][0], level: data.levels[level], years: words.match(/\D\d*/g), short: short(names[at]) }));
    fields.place.append(...data.places.map(([code, name]) => h("option", { value: code }, name)));
    $("grid").tHead.append(h("tr", null, h("th", { scope: "col" }, "单位"),
      data.years.map((year) => h("th", { scope: "col" }, String(year)))));
    let found = [];
    let shown = 0;

    function append() {
      const body = $("grid").tBodies[0];
      body.append(...found.slice(shown, shown + STEP).map((unit) => row(unit, data.years)));
      shown = Math.min(found.length, shown + STEP);
      $("more").hidden = shown >= found.length;
      $("more").textContent = `再显示一些（余 ${found.length - shown} 个单位）`;
    }

    function update(write) {
      const wanted = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value.trim()]));
      found = chosen(units, wanted);
      shown = 0;
      $("grid").tBodies[0].replaceChildren();
      $("count").textContent = found.length === units.length
        ? `共 ${units.length} 个单位` : `符合的有 ${found.length} 个单位（共 ${units.length} 个）`;
      append();
      if (write) {
        const kept = Object.entries(wanted).filter(([, value]) => value);
        history.replaceState(null, "", kept.length ? `#${new URLSearchParams(kept)}` : location.pathname + location.search);
      }
    }

    function read() {
      const wanted = new URLSearchParams(location.hash.slice(1));
      for (const [name, field] of Object.entries(fields)) field.value = wanted.get(name) || "";
      update(false);
    }

    for (const field of Object.values(fields)) field.addEventListener("input", () => update(true));
    $("filters").addEventListener("submit", (event) => event.preventDefault());
    $("more").addEventListener("click", append);
    new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && append(), { rootMargin: "400px" })
      .observe($("more"));
    window.addEventListener("hashchange", () => {
      read();
      if (new URLSearchParams(location.hash.slice(1)).has("place")) $("units-title").scrollIntoView();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
        event.preventDefault();
        fields.q.focus();
      }
    });
    read();
  });

  /** Texts that were front coded (fronted.py): characters shared with the one before, and the rest. */
  function whole(rows, at) {
    let before = [];
    return rows.map((row) => {
      before = before.slice(0, row[at]).concat(Array.from(row[at + 1]));
      return before.join("");
    });
  }

  /** A name without the words that people leave out. */
  function short(name) {
    return name.replace(/(省|市|县|区|自治州|自治县)/g, "").replace(/人民政府|委员会/g, "");
  }

  /** Units that fit, the best match of the search first. */
  function chosen(units, wanted) {
    const fit = units.filter((unit) => (!wanted.place || unit.place === wanted.place)
      && (!wanted.level || unit.level === wanted.level) && state(unit, wanted.state));
    if (!wanted.q) return fit;
    const words = wanted.q.toLowerCase().split(/\s+/);
    return fit.map((unit) => [Math.min(...words.map((word) => rank(unit, word))), unit])
      .filter(([best]) => best > 0)
      .sort(([one], [other]) => other - one)
      .map(([, unit]) => unit);
  }

  /** How well a word fits: the name begins with it, holds it, its characters come in this order, the code begins so. */
  function rank(unit, word) {
    if (unit.id.toLowerCase().startsWith(word)) return 5;
    if (unit.name.startsWith(word) || unit.short.startsWith(word)) return 4;
    if (unit.name.toLowerCase().includes(word)) return 3;
    if (unit.short.includes(word)) return 2;
    let at = -1;
    for (const character of word) {
      at = unit.name.indexOf(character, at + 1);
      if (at < 0) return 0;
    }
    return word.length > 1 ? 1 : 0;
  }

  function state(unit, wanted) {
    if (!wanted) return true;
    if (wanted === "h") return unit.years.some((year) => year[0] === "h");
    if (wanted === "w") return unit.years.some((year) => year.length > 1 || year[0] === "h");
    return unit.years.some((year) => GAPS.includes(year[0]));
  }

  function row(unit, years) {
    return h("tr", null,
      h("th", { scope: "row" }, h("a", { href: `unit.html#${unit.id}` }, unit.name)),
      unit.years.map((year, place) => h("td", null, cell(unit, years[place], year))));
  }

  function cell(unit, year, word) {
    const letter = word[0];
    const number = word.slice(1);
    const warned = letter === "k" && number;
    const said = `${year} 年 ${SAID[letter]}${number ? `，${number} 项严重或警告` : ""}`;
    const look = { class: `cell ${warned ? "w" : letter === "-" ? "none" : letter}`, title: `${unit.name} ${said}` };
    const sign = h("span", { "aria-hidden": "true" }, warned ? number : SIGNS[letter]);
    const spoken = h("span", { class: "spoken" }, said);
    if (letter !== "k" && letter !== "h") return h("a", { ...look, href: `unit.html#${unit.id}` }, sign, spoken);
    return h("a", { ...look, href: `report.html#${unit.id}-${year}` }, sign, spoken);
  }
})();
