// The source's pictures with the cells outlined, and the tip that says what is wrong with a cell.
"use strict";

gouji.viewer = (() => {
  const { h } = gouji;

  /** The panel of a report's pictures; `marks` as for the tables. `locate(numbers)` shows where cells stand. */
  function panel(pictures, marks) {
    const sheets = pictures.map((picture, place) => sheet(picture, marks, place ? "lazy" : "eager"));
    const view = h("div", { class: "view", tabindex: "0", role: "region", "aria-label": "原件图片，可滚动" },
      sheets.map((one) => one.element));
    const zoom = h("button", { type: "button", "aria-pressed": "false", on: { click: () => enlarge(!large()) } }, "放大");
    const large = () => view.classList.contains("large");
    function enlarge(wanted) {
      view.classList.toggle("large", wanted);
      zoom.setAttribute("aria-pressed", String(wanted));
    }
    const element = h("aside", { class: "viewer", "aria-label": "原件" },
      h("div", { class: "viewer-head" }, h("h2", null, "原件"), h("p", { class: "note" }, "红框存疑，蓝框为所涉的其他格"), zoom), view);

    function locate(numbers, scroll) {
      let first = null;
      const wanted = sheets.map((one) => one.boxes.get(numbers[0])).find(Boolean);
      for (const one of sheets) {
        for (const [number, box] of one.boxes) {
          const lit = numbers.includes(number);
          box.classList.toggle("lit", lit);
          if (lit && !first) first = box;
        }
      }
      if (!first || !scroll) return Boolean(first);
      enlarge(true);
      const [frame, place] = [view.getBoundingClientRect(), (wanted || first).getBoundingClientRect()];
      view.scrollTop += place.top - frame.top - frame.height / 2;
      view.scrollLeft += place.left - frame.left - frame.width / 2;
      return true;
    }
    return { element, locate };
  }

  function sheet(picture, marks, loading) {
    const boxes = new Map();
    const paper = h("div", { class: "paper" }, h("img", {
      src: `pictures/${picture.file}`, width: picture.width, height: picture.height, loading, decoding: "async",
      alt: `原件${picture.label}，所涉各格已框出`,
    }));
    for (const [key, [left, top, width, height]] of Object.entries(picture.boxes)) {
      const findings = marks.get(Number(key));
      const box = h("span", { class: `outline ${findings ? findings.suspect ? "main" : "other" : "quiet"}`, "aria-hidden": "true" });
      Object.assign(box.style, { left: `${left / 100}%`, top: `${top / 100}%`, width: `${width / 100}%`, height: `${height / 100}%` });
      boxes.set(Number(key), box);
      paper.append(box);
    }
    return { element: h("figure", { class: "sheet" }, h("figcaption", null, picture.label), paper), boxes };
  }

  /** The part of a picture around a cell, for a tip where the panel is not beside the table; null without a place. */
  function crop(pictures, number) {
    const picture = pictures.find((one) => number in one.boxes);
    if (!picture) return null;
    const [left, top, width, height] = picture.boxes[number].map((part) => part / 10000);
    const image = h("img", { src: `pictures/${picture.file}`, alt: `原件${picture.label}，此格已框出` });
    const box = h("span", { class: "outline main", "aria-hidden": "true" });
    Object.assign(box.style, { left: `${left * 100}%`, top: `${top * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` });
    const paper = h("div", { class: "paper" }, image, box);
    const wide = 2.2;
    const middle = Math.min(Math.max((left + width / 2) * wide - 0.5, 0), wide - 1);
    Object.assign(paper.style, { width: `${wide * 100}%`, left: `${-middle * 100}%`, aspectRatio: `${picture.width} / ${picture.height}` });
    paper.style.top = "50%";
    paper.style.transform = `translateY(${-(top + height / 2) * 100}%)`;
    return h("div", { class: "crop" }, paper);
  }

  /** One tip for all cells: shown by pointer or focus, kept by a click or tap, gone by Escape or elsewhere. */
  function tip(content, chosen) {
    const element = h("div", { id: "tip", class: "tip", role: "tooltip", tabindex: "0", hidden: true });
    let owner = null;
    let kept = false;
    let timer = 0;

    function show(button, number) {
      clearTimeout(timer);
      if (owner && owner !== button) owner.removeAttribute("aria-describedby");
      owner = button;
      element.replaceChildren(...content(number));
      element.hidden = false;
      button.setAttribute("aria-describedby", "tip");
      place(button);
      chosen(number, false);
    }
    function place(button) {
      const at = button.getBoundingClientRect();
      const room = { above: at.top - 16, below: window.innerHeight - at.bottom - 16 };
      element.style.maxHeight = `${Math.max(room.above, room.below)}px`;
      const own = element.getBoundingClientRect();
      const wide = document.documentElement.clientWidth;
      const below = own.height <= room.below || room.below >= room.above;
      element.style.left = `${Math.max(8, Math.min(at.left + at.width / 2 - own.width / 2, wide - own.width - 8))}px`;
      element.style.top = `${below ? at.bottom + 8 : at.top - own.height - 8}px`;
    }
    function hide() {
      kept = false;
      element.hidden = true;
      if (owner) owner.removeAttribute("aria-describedby");
      owner = null;
      chosen(null, false);
    }
    const later = () => { timer = setTimeout(() => kept || hide(), 160); };
    element.addEventListener("pointerenter", () => clearTimeout(timer));
    element.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && later());
    element.addEventListener("focus", () => clearTimeout(timer));
    element.addEventListener("blur", () => later());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide();
      const step = { ArrowDown: 40, ArrowUp: -40 }[event.key];
      if (!step || document.activeElement !== owner || element.scrollHeight <= element.clientHeight) return;
      event.preventDefault();
      element.scrollTop += step;
    });
    document.addEventListener("pointerdown", (event) => {
      if (owner && !element.contains(event.target) && !owner.contains(event.target)) hide();
    });
    window.addEventListener("scroll", () => owner && place(owner), { passive: true, capture: true });

    function on(button, number) {
      button.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && !kept && show(button, number));
      button.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && later());
      button.addEventListener("focus", () => show(button, number));
      button.addEventListener("blur", later);
      button.addEventListener("click", () => {
        show(button, number);
        kept = true;
        chosen(number, true);
      });
    }
    return { element, on, hide };
  }

  return { panel, crop, tip };
})();
