// Head office's behaviour: menu, search key, theme, dialogs, toasts, charts. Figures come as JSON beside the chart;
// the server sorts, pages and folds. Nothing here computes money.
(() => {
  "use strict";
  const root = document.documentElement;
  const on = (type, selector, act) => document.addEventListener(type, (event) => {
    const target = event.target.closest?.(selector);
    if (target) act(target, event);
  });

  // ── frame ──
  on("click", "[data-menu]", (button) => {
    const open = document.getElementById("side").classList.toggle("open");
    button.setAttribute("aria-expanded", open);
    if (open) document.querySelector("#side nav a").focus();
  });
  const closeMenu = () => {
    document.getElementById("side")?.classList.remove("open");
    document.querySelector("[data-menu]")?.setAttribute("aria-expanded", "false");
  };
  document.addEventListener("click", (event) => { if (!event.target.closest("#side, [data-menu]")) closeMenu(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenu();
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if ((event.key === "/" && !typing) || (event.key === "k" && (event.ctrlKey || event.metaKey))) {
      const find = document.querySelector("[data-find]");
      if (find) { event.preventDefault(); find.focus(); find.select(); }
    }
  });
  on("click", "[data-open]", (button) => document.getElementById(button.dataset.open).showModal());
  document.querySelectorAll("dialog[data-shown]").forEach((dialog) => dialog.showModal());
  on("click", "dialog [data-close]", (button) => button.closest("dialog").close());
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) event.target.closest?.("[data-closes]")?.closest("dialog")?.close(); });
  document.querySelectorAll("[data-drop]").forEach((area) => {
    const field = area.querySelector("input[type=file]");
    area.addEventListener("dragover", (event) => { event.preventDefault(); area.classList.add("over"); });
    area.addEventListener("dragleave", () => area.classList.remove("over"));
    area.addEventListener("drop", (event) => { event.preventDefault(); area.classList.remove("over"); field.files = event.dataTransfer.files; });
  });
  on("change", "[data-submit]", (field) => field.form.requestSubmit());
  on("click", "[data-dismiss]", (button) => button.closest("[data-toast]").remove());
  const fade = () => document.querySelectorAll("[data-toast]:not(.bad)").forEach((toast) => setTimeout(() => toast.remove(), 6000));
  fade();
  document.addEventListener("htmx:afterSettle", fade);
  document.querySelector(".is-invalid")?.focus();

  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  on("click", "[data-theme-switch]", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw());

  // ── figures and colours ──
  const language = root.lang || "zh-CN";
  const token = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const yuan = (amount) => `${amount < 0 ? "−" : ""}¥${Math.abs(amount).toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  const axis = (amount) => (amount === 0 ? "0" : language.startsWith("zh") ? `${+(amount / 1e4).toFixed(1)}万` : amount >= 1e6 ? `${+(amount / 1e6).toFixed(1)}M` : `${+(amount / 1e3).toFixed(1)}k`);
  const luminance = (hex) => {
    const part = (i) => { const c = parseInt(hex.slice(i, i + 2), 16) / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
  };
  const readable = (fill, choices) => choices.map((c) => { const [a, b] = [luminance(fill), luminance(c)].sort((x, y) => y - x); return [(a + 0.05) / (b + 0.05), c]; }).sort((x, y) => y[0] - x[0])[0][1];

  // ── charts ──
  // A tooltip is our own element with classes: ECharts' default writes style attributes, which a strict CSP refuses.
  const tip = (title, rows) => {
    const box = document.createElement("div");
    const head = document.createElement("b");
    head.textContent = title;
    box.append(head, ...rows.map(([label, value]) => {
      const row = document.createElement("div");
      row.append(Object.assign(document.createElement("span"), { textContent: label }), Object.assign(document.createElement("span"), { textContent: value }));
      return row;
    }));
    return box;
  };
  const tooltip = () => ({ className: "tip", borderWidth: 0, padding: [8, 12], backgroundColor: token("paper"), textStyle: { color: token("ink"), fontSize: 12, fontFamily: token("font") }, confine: true, transitionDuration: 0 });
  const drawn = [];
  const redraw = () => drawn.forEach((again) => again());

  // Provinces as squares: {"rows": [[code, amount, href], …], "names": {code: name}, "cuts": [0, …five]}
  const PLACES = "650000 1 1|150000 1 7|230000 1 11|620000 2 4|640000 2 5|140000 2 7|130000 2 8|110000 2 9|210000 2 10|220000 2 11|540000 3 1|630000 3 3|610000 3 5|410000 3 7|370000 3 8|120000 3 9|510000 4 3|500000 4 4|420000 4 6|340000 4 7|320000 4 8|310000 4 9|530000 5 3|520000 5 4|430000 5 5|360000 5 6|330000 5 8|450000 6 4|440000 6 5|350000 6 7|710000 6 9|460000 7 4|820000 7 5|810000 7 6";
  const step = (value, cuts) => (value <= 0 ? 0 : 1 + cuts.slice(1).filter((cut) => value >= cut).length);
  const tiles = (element) => {
    const data = read(element.dataset.tiles);
    const known = new Map(data.rows.map((row) => [row[0], row]));
    element.classList.add("tiles");
    element.replaceChildren(...PLACES.split("|").map((entry) => {
      const [code, row, column] = entry.split(" ");
      const [, amount = 0, href] = known.get(code) ?? [];
      const fill = token(`map-${step(amount, data.cuts)}`);
      const tile = document.createElement(href ? "a" : "span");
      if (href) tile.href = href;
      tile.textContent = data.names[code];
      tile.title = `${data.names[code]} ${yuan(amount)}`;
      Object.assign(tile.style, { gridRow: row, gridColumn: column, background: fill, color: readable(fill, [token("ink"), token("paper")]) });
      tile.addEventListener("mouseenter", () => document.querySelector(`tr[data-code="${code}"]`)?.classList.add("lit"));
      tile.addEventListener("mouseleave", () => document.querySelector(`tr[data-code="${code}"]`)?.classList.remove("lit"));
      return tile;
    }));
  };
  document.querySelectorAll("[data-tiles]").forEach((element) => { tiles(element); drawn.push(() => tiles(element)); });

  // Each day's bonus: {"names": [earned, pending, retained, last month], "total": word, "days": [["2026-11-01", a, b, c, d], …]}
  document.querySelectorAll("[data-trend]").forEach((element) => {
    if (!window.echarts) return;
    const { names, total, days } = read(element.dataset.trend);
    const chart = window.echarts.init(element, null, { renderer: "svg" });
    const before = days.some((day) => day.length > 4);
    const short = (day) => (language.startsWith("zh") ? `${+day.slice(8)}日` : String(+day.slice(8)));
    const option = () => {
      const bar = (i, style) => ({ name: names[i], type: "bar", stack: "day", barCategoryGap: "28%", data: days.map((d) => d[i + 1]), itemStyle: style, emphasis: { disabled: true } });
      return {
        animation: false,
        textStyle: { fontFamily: token("font") },
        grid: { left: 52, right: 8, top: 22, bottom: 24 },
        tooltip: { ...tooltip(), trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: token("ink"), opacity: 0.05 } }, formatter: (items) => {
          const day = days[items[0].dataIndex];
          const rows = [...names.slice(0, 3).map((name, i) => [name, yuan(day[i + 1])]), [total, yuan(day[1] + day[2] + day[3])]];
          if (before) rows.push([names[3], yuan(day[4] ?? 0)]);
          return tip(day[0], rows);
        } },
        xAxis: { type: "category", data: days.map((d) => d[0]), axisTick: { show: false }, axisLine: { lineStyle: { color: token("line-2") } }, axisLabel: { color: token("ink-3"), fontSize: 12, interval: (i) => i === 0 || (i + 1) % 5 === 0, formatter: short } },
        yAxis: { type: "value", splitNumber: 4, axisLabel: { color: token("ink-3"), fontSize: 12, formatter: axis }, splitLine: { lineStyle: { color: token("line") } } },
        series: [
          bar(0, { color: token("series-1") }), bar(1, { color: token("pending") }),
          bar(2, { color: token("line"), borderColor: token("control"), borderWidth: 1 }),
          ...(before ? [{ name: names[3], type: "line", data: days.map((d) => d[4] ?? null), symbol: "none", lineStyle: { color: token("series-2"), width: 1.5, type: [4, 3] }, itemStyle: { color: token("series-2") } }] : []),
        ],
      };
    };
    chart.setOption(option());
    drawn.push(() => chart.setOption(option(), true));
    addEventListener("resize", () => chart.resize());
  });
})();
