// What tests ask a page. It is evaluated anew for every question.
(() => {
  const squeeze = (s) => (s || "").replace(/[\s\u00ad]+/g, " ").trim();

  const visible = (e) =>
    e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;

  // What a person reads on it, and what a screen reader says.
  const names = (e) => [squeeze(e.innerText ?? e.textContent), squeeze(e.getAttribute("aria-label")), squeeze(e.value)];

  const focusable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";

  const tabbable = () => [...document.querySelectorAll(focusable)].filter((e) => e.tabIndex >= 0 && !e.disabled && visible(e));

  const describe = (e) => {
    if (!e || e === document.body || e === document.documentElement) return "";
    const id = e.id ? "#" + e.id : "";
    const where = e.closest("section[id], form, nav, header, footer");
    const place = where && where !== e ? (where.id || where.className?.baseVal || where.className || where.localName) + " " : "";
    const label = e.getAttribute("aria-label") || squeeze(e.textContent).slice(0, 60) || e.name || "";
    return place + e.localName + id + " " + label;
  };

  // The point where a person would click, scrolled into view.
  const point = (e) => {
    e.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    for (const r of e.getClientRects()) {
      const x = r.left + r.width / 2, y = r.top + r.height / 2;
      const hit = document.elementFromPoint(x, y);
      if (hit && (e === hit || e.contains(hit) || hit.contains(e))) return { x, y };
    }
    return null;
  };

  // An outline of its own, or in a drawing a stroke, that shows the focus.
  const ring = (e) => {
    const style = getComputedStyle(e);
    if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) return true;
    return [...e.querySelectorAll("rect, path, circle")].some((s) => {
      const drawn = getComputedStyle(s);
      return drawn.stroke !== "none" && parseFloat(drawn.strokeWidth) >= 2;
    });
  };

  const operable = "a[href], button, summary, input[type=submit]";

  return {
    // Elements that can be operated and bear the text, outside closed details.
    find(text, within) {
      const root = within ? document.querySelector(within) : document;
      if (!root) return null;
      const all = [...root.querySelectorAll(operable)].filter(visible);
      const wanted = squeeze(text).toLowerCase(); // a style may show capitals
      const lower = (e) => names(e).map((n) => n.toLowerCase());
      const found = all.find((e) => lower(e).includes(wanted)) || all.find((e) => lower(e)[0].startsWith(wanted));
      return found ? point(found) : null;
    },
    field(label) {
      const found = [...document.querySelectorAll("label")].find((l) => visible(l) && squeeze(l.innerText) === squeeze(label));
      return found?.control?.id ?? "";
    },
    texts(selector) {
      return [...document.querySelectorAll(selector)].filter(visible).map((e) => squeeze(e.innerText ?? e.textContent));
    },
    table(selector) {
      const table = document.querySelector(selector);
      const read = (cell) => {
        const copy = cell.cloneNode(true);
        copy.querySelectorAll("[aria-hidden=true], svg").forEach((e) => e.remove());
        return squeeze(copy.textContent);
      };
      return table ? [...table.rows].map((r) => [...r.cells].map(read)) : [];
    },
    focus() {
      const e = document.activeElement;
      if (!describe(e)) return { name: "" };
      const r = e.getBoundingClientRect();
      const inView = r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
      return { name: describe(e), index: (globalThis.probed ?? tabbable()).indexOf(e), ring: ring(e), inView };
    },
    tabbable() {
      globalThis.probed = tabbable(); // for focus, which is asked after every key
      return globalThis.probed.map(describe);
    },
    overflow() {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      const wide = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > width + 0.5);
      const clipped = (e) => { for (let p = e.parentElement; p; p = p.parentElement) if (getComputedStyle(p).overflowX !== "visible") return true; };
      return [document.documentElement.scrollWidth + " px", ...wide.filter((e) => !clipped(e)).slice(0, 5).map(describe)];
    },
    // What moved while the page loaded, with the score of its shift.
    async shifts() {
      const found = [];
      const add = (entries) => {
        for (const e of entries) found.push(e.value.toFixed(4) + " " + e.sources.map((s) => describe(s.node?.nodeType === 1 ? s.node : s.node?.parentElement)).join("; "));
      };
      const observer = new PerformanceObserver((list) => add(list.getEntries()));
      observer.observe({ type: "layout-shift", buffered: true });
      await new Promise((done) => setTimeout(done, 0));
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      add(observer.takeRecords());
      return found;
    },
    inline() {
      const found = [...document.querySelectorAll("[style], style, script:not([src])")];
      for (const e of document.querySelectorAll("*")) {
        if ([...e.attributes].some((a) => /^on/i.test(a.name) || (/^(href|src|action|xlink:href)$/.test(a.name) && /^\s*javascript:/i.test(a.value)))) found.push(e);
      }
      return found.map((e) => e.outerHTML.slice(0, 120));
    },
  };
})()
