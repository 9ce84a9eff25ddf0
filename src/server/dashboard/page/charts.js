/** The charts, drawn by uPlot: dollars beside the baseline, tokens by type, answers and failures, time to the first token. */
import { byId, setText } from "./dom.js";
import { amount, count, duration, money, plural, share, shortMoney } from "./format.js";

const { uPlot } = globalThis;
const HEIGHT = 210;
const charts = new Map();
let last;

/** Each chart's bars, from back to front: colour (a CSS variable) and height. */
const COST = {
  id: "cost",
  format: shortMoney,
  bars: [
    { colour: "--baseline", value: (figures) => Math.max(figures.baseline_usd, 0) },
    { colour: "--spent", value: (figures) => figures.cost_usd },
  ],
  readout: ({ cost_usd, baseline_usd }) => `${money(cost_usd)} spent, ${money(baseline_usd)} on the baseline`,
  key: [["--spent", "spent"], ["--baseline", "cost on the baseline"]],
};
const TOKENS = {
  id: "tokens",
  format: amount,
  // Stacked: each bar begins at zero and is covered by the next.
  bars: [
    { colour: "--output", value: ({ tokens }) => cachedAndFresh(tokens) + tokens.output },
    { colour: "--cached", value: ({ tokens }) => cachedAndFresh(tokens) },
    { colour: "--fresh", value: ({ tokens }) => tokens.input },
  ],
  readout: ({ tokens }) =>
    `${amount(tokens.input)} fresh, ${amount(tokens.cache_read + tokens.cache_write)} cached, ${
      amount(tokens.output)
    } out`,
  key: [["--fresh", "fresh input"], ["--cached", "cached input"], ["--output", "output"]],
};

const ANSWERS = {
  id: "answers",
  format: amount,
  bars: [
    { colour: "--bad", value: ({ requests }) => requests },
    { colour: "--spent", value: ({ requests, failures }) => requests - failures },
  ],
  readout: ({ requests, failures }) =>
    `${plural(requests, "request")}, ${count(failures)} failed, ${
      share(requests === 0 ? null : (requests - failures) / requests)
    } answered`,
  key: [["--spent", "answered"], ["--bad", "failed"]],
};
const LATENCY = {
  id: "latency",
  format: (ms) => ms === 0 ? "0" : duration(ms),
  bars: [
    { colour: "--baseline", value: ({ first_token_ms }) => first_token_ms.p95 ?? 0 },
    { colour: "--spent", value: ({ first_token_ms }) => first_token_ms.p50 ?? 0 },
  ],
  readout: ({ first_token_ms: { p50, p95 } }) => `half within ${duration(p50)}, 95 % within ${duration(p95)}`,
  key: [["--spent", "half of the answers (p50)"], ["--baseline", "95 % (p95)"]],
};
const KINDS = [COST, TOKENS, ANSWERS, LATENCY];

const cachedAndFresh = ({ input, cache_read, cache_write }) => input + cache_read + cache_write;

/** The present colour of a CSS variable: a canvas does not resolve variables. */
function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

/** Draws them from the slots of a period. */
export function showCharts(chart, report) {
  last = { chart, report };
  for (const kind of KINDS) draw(kind, chart, report);
}

function draw(kind, { unit, slots }, report) {
  const data = [
    slots.map((_, i) => i),
    ...kind.bars.map(({ value }) => slots.map(({ figures }) => figures === undefined ? 0 : value(figures))),
  ];
  describe(kind, unit, slots, report);
  const known = charts.get(kind.id);
  if (known?.slots.length === slots.length && known.slots[0].start === slots[0].start) {
    known.slots = slots;
    known.report = report;
    known.plot.setData(data);
    return;
  }
  known?.plot.destroy();
  const made = { slots, report };
  made.plot = new uPlot(optionsOf(kind, made), data, byId(`${kind.id}-chart`));
  charts.set(kind.id, made);
}

function optionsOf(kind, made) {
  const [ink, line] = [colour("--muted"), colour("--line")];
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const bars = uPlot.paths.bars({ size: [0.72, 44], radius: 0.18 });
  return {
    width: widthOf(kind.id),
    height: HEIGHT,
    legend: { show: false },
    padding: [10, 6, 0, 0],
    cursor: { x: false, y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: () => [-0.6, made.slots.length - 0.4] },
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        stroke: ink,
        font,
        grid: { show: false },
        ticks: { show: false },
        gap: 4,
        size: 26,
        splits: ({ width }) => {
          const step = Math.ceil(made.slots.length / Math.max(2, Math.floor(width / 52)));
          return made.slots.map((_, i) => i).filter((i) => i % step === 0);
        },
        values: (_plot, splits) => splits.map((i) => made.slots[i]?.label ?? ""),
      },
      {
        stroke: ink,
        font,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        gap: 6,
        size: 54,
        space: 44,
        values: (_plot, splits) =>
          made.plot?.scales.y.max === 1 && splits.length > 0 && isEmpty(made)
            ? splits.map((at) => at === 0 ? kind.format(0) : "")
            : splits.map(kind.format),
      },
    ],
    series: [
      {},
      ...kind.bars.map(({ colour: name }) => {
        const fill = colour(name);
        return { fill, stroke: fill, width: 0, paths: bars, points: { show: false } };
      }),
    ],
    hooks: {
      setCursor: [(plot) => readOut(kind, made, plot.cursor.idx)],
    },
  };
}

const isEmpty = ({ slots }) => slots.every(({ figures }) => figures === undefined || figures.requests === 0);

const widthOf = (id) => Math.max(200, byId(`${id}-chart`).clientWidth);

/** Above the chart: the slot under the pointer, else what the colours mean. */
function readOut(kind, made, index) {
  const place = byId(`${kind.id}-readout`);
  const slot = index === null || index === undefined ? undefined : made.slots[index];
  if (slot === undefined) return showKey(kind, place);
  const figures = slot.figures;
  setText(
    place,
    `${slot.title}: ${
      figures === undefined || figures.requests === 0 ? "no requests" : kind.readout(figures)
    }`,
  );
}

function showKey(kind, place) {
  place.replaceChildren(...kind.key.map(([name, meaning]) => {
    const entry = document.createElement("span");
    entry.className = "key";
    const swatch = document.createElement("i");
    swatch.style.background = `var(${name})`;
    entry.append(swatch, meaning);
    return entry;
  }));
}

/** Describes the chart for screen readers. */
function describe(kind, unit, slots, report) {
  const busy = slots.filter(({ figures }) => figures !== undefined && figures.requests > 0);
  const part = unit === "five minutes" ? "part" : unit;
  const text = busy.length === 0
    ? `No requests in any ${part} of this period.`
    : `Bars by ${unit}: ${kind.readout(report)} in ${
      plural(busy.length, part)
    } with requests. The table below lists each.`;
  byId(`${kind.id}-chart`).setAttribute("aria-label", text);
  const place = byId(`${kind.id}-readout`);
  if (place.childElementCount === 0 && place.textContent === "") showKey(kind, place);
}

new ResizeObserver(() => {
  for (const [id, { plot }] of charts) {
    const width = widthOf(id);
    if (plot.width !== width) plot.setSize({ width, height: HEIGHT });
  }
}).observe(byId("main"));

/** A chart is drawn in the theme's colours: another theme needs another drawing. */
document.addEventListener("themechange", () => {
  for (const { plot } of charts.values()) plot.destroy();
  charts.clear();
  if (last !== undefined) showCharts(last.chart, last.report);
});
