// The findings of a rule, listed when asked for.
"use strict";

(() => {
  const { h } = gouji;

  for (const place of document.querySelectorAll(".hits")) {
    const id = place.dataset.rule;
    const button = h("button", { type: "button", "aria-expanded": "false", on: { click: () => toggle(id, place, button) } },
      "列出本版不符之处");
    place.append(button);
  }

  function toggle(id, place, button) {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    button.textContent = open ? "列出本版不符之处" : "收起";
    if (open) {
      place.lastElementChild.remove();
      return;
    }
    const target = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${id} 不符之处` });
    place.append(target);
    gouji.load(`r/${id}`, `r/${id}`).then((data) => target.append(list(data)),
      () => target.append(h("p", { class: "warn", role: "alert" }, "清单未能读取。")));
  }

  function list(data) {
    const said = data.rows.length < data.total + data.waived ? `，先列 ${data.rows.length} 项` : "";
    return h("table", { class: "list" },
      h("caption", null, `共 ${data.total} 项，涉及 ${data.reports} 份报告${data.waived ? `，另有已豁免 ${data.waived} 项` : ""}${said}`),
      h("thead", null, h("tr", null, ["程度", "单位、年度", "所核对", "算式"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", null, data.rows.map(([report, name, year, severity, scope, equation, status]) => h("tr", null,
        h("td", null, gouji.tag(severity), " ", gouji.waivedTag({ status })),
        h("td", null, h("a", { href: `report.html#${report}` }, `${name} ${year}`)),
        h("td", null, scope),
        h("td", null, equation ? gouji.equation(equation) : "")))));
  }
})();
