// The statutory tables as printed: labels, printed text, blanks left blank; cells that somebody has to look at are buttons.
"use strict";

gouji.tables = (() => {
  const { h } = gouji;
  const ABSENT = "\0";

  /** What a version prints, by number of the key; a key that it does not print is absent. */
  function texts(version) {
    const found = new Map();
    const order = gouji.words().form.editions[version.edition] || [];
    version.cells.split("\t").forEach((text, place) => text === ABSENT || found.set(order[place], text));
    for (const [number, text] of Object.entries(version.more || {})) found.set(Number(number), text);
    return found;
  }

  /** The keys whose text differs between two versions, in the order of the form. */
  function differences(one, other) {
    const [first, second] = [texts(one), texts(other)];
    const numbers = [...new Set([...first.keys(), ...second.keys()])].sort((a, b) => a - b);
    return numbers.filter((number) => first.get(number) !== second.get(number))
      .map((number) => ({ number, before: first.get(number), after: second.get(number) }));
  }

  const label = (number) => gouji.words().form.keys[number].label;

  /**
   * The tables of a version. `marks`: number -> findings on the cell (`suspect` where one suspects it); `before`: number
   * -> text of the version compared with, absent where it is the same; `on(button, number)` wires what can be asked about.
   * Gives the elements and the figures' cells by number.
   */
  function draw(version, marks, before, on) {
    const found = texts(version);
    const cells = new Map();
    const rest = new Set(found.keys());
    const figure = (slot) => {
      rest.delete(slot.k);
      const cell = h("td", { class: "figure", colspan: slot.c, rowspan: slot.r, "data-key": slot.k });
      fill(cell, slot.k, found.get(slot.k), version.notes && version.notes[slot.k], marks.get(slot.k), before, on);
      cells.set(slot.k, cell);
      return cell;
    };
    const elements = version.tables.map((name) => {
      const table = gouji.words().form.tables[name];
      return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": table.caption },
        h("table", { class: `form ${table.kind}` }, h("caption", null, table.caption),
          h("tbody", null, table.rows.map((row) => h("tr", null, row.map((slot) =>
            "k" in slot ? figure(slot) : h("th", { colspan: slot.c, rowspan: slot.r, class: tall(slot) }, slot.t)))))));
    });
    if (rest.size) elements.push(others([...rest], figure));
    return { elements, cells };
  }

  /** A label that spans many rows is printed one character a line. */
  function tall(slot) {
    return slot.r > 9 ? "tall" : slot.t.length > 24 ? "long" : null;
  }

  function others(numbers, figure) {
    return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "表式以外的栏" },
      h("table", { class: "form" }, h("caption", null, "表式以外的栏"),
        h("tbody", null, numbers.map((number) => h("tr", null, h("th", null, label(number)), figure({ k: number }))))));
  }

  function fill(cell, number, text, note, findings, before, on) {
    const shown = text === undefined ? "" : text;
    const changed = before && before.has(number);
    const content = changed
      ? [h("del", null, before.get(number) || "空白"), " ", h("ins", null, shown || "空白")] : shown;
    if (text === undefined && !changed) cell.classList.add("absent");
    if (changed) cell.classList.add("changed");
    if (note && note.unreadable) cell.classList.add("unreadable");
    if (!findings && !note) {
      cell.append(...[content].flat());
      return;
    }
    const grave = findings ? findings.list[0].severity : "noted";
    cell.classList.add(findings ? "broken" : "noted", grave);
    if (findings && findings.suspect) cell.classList.add("suspect");
    const said = `${label(number)}：${shown || "空白"}${findings ? `，${findings.list.length} 处不符` : "，有说明"}`;
    const button = h("button", { type: "button", "aria-label": said }, content);
    on(button, number);
    cell.append(button);
  }

  return { draw, texts, differences, label };
})();
