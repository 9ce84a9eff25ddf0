/** Bars as an SVG that GitHub shows: no script, no font of its own, readable on light and dark pages. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** One of this program's. */
  readonly own: boolean;
}

export interface Panel {
  readonly title: string;
  /** How a value is written. */
  readonly shown: (value: number) => string;
  readonly bars: readonly Bar[];
}

const [WIDTH, LABELS, VALUES, ROW, TITLE] = [760, 230, 90, 24, 40];

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Panels of horizontal bars, one under the other; each has its own scale from 0. */
export function plot(panels: readonly Panel[]): string {
  let y = 0;
  const parts: string[] = [];
  for (const { title, shown, bars } of panels) {
    parts.push(`<text x="0" y="${y + 24}" class="title">${escaped(title)}</text>`);
    y += TITLE;
    const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
    for (const { label, value, own } of bars) {
      const length = Math.max(1, Math.round((WIDTH - LABELS - VALUES) * Math.max(0, value) / most));
      parts.push(
        `<text x="${LABELS - 8}" y="${y + 15}" text-anchor="end">${escaped(label)}</text>`,
        `<rect x="${LABELS}" y="${y + 3}" width="${length}" height="${ROW - 8}" class="${
          own ? "own" : "other"
        }"/>`,
        `<text x="${LABELS + length + 6}" y="${y + 15}">${escaped(shown(value))}</text>`,
      );
      y += ROW;
    }
    y += 12;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img">
<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 }
.own { fill: #1a7f5a }
.other { fill: #8c959f }
@media (prefers-color-scheme: dark) { text { fill: #d0d7de } .own { fill: #3fb98a } .other { fill: #6e7681 } }
</style>
${parts.join("\n")}
</svg>
`;
}
