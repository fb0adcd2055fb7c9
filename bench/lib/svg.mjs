// Small charts as SVG, for the documents: legible on light and dark pages, and without a script.

const STYLE = `<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-size: 14px; font-weight: 600 }
.quiet { fill: #57606a }
.grid { stroke: #d0d7de; stroke-width: 1 }
.line { fill: none; stroke-width: 2 }
.s0 { stroke: #0969da; fill: #0969da } .s1 { stroke: #bc4c00; fill: #bc4c00 }
.s2 { stroke: #1a7f37; fill: #1a7f37 } .s3 { stroke: #8250df; fill: #8250df }
.line { fill: none } .bar { stroke: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .quiet { fill: #9198a1 } .grid { stroke: #3d444d }
  .s0 { stroke: #58a6ff; fill: #58a6ff } .s1 { stroke: #f0883e; fill: #f0883e }
  .s2 { stroke: #3fb950; fill: #3fb950 } .s3 { stroke: #bc8cff; fill: #bc8cff }
  .line { fill: none } .bar { stroke: none }
}
</style>`;

/** @param {string} value */
const escape = (value) =>
  value.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {string} [more] attributes
 */
export const label = (x, y, text, more = "") =>
  `<text x="${x}" y="${y}" ${more}>${escape(text)}</text>`;

/**
 * @param {number} width
 * @param {number} height
 * @param {string} title what the picture shows, for those who don't see it
 * @param {string} body
 */
export const picture = (width, height, title, body) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escape(title)}</title>
${STYLE}
${body}
</svg>
`;

/**
 * @typedef {object} Axis
 * @property {string} name
 * @property {number[]} ticks the first and the last are the ends
 * @property {boolean} [log]
 * @property {(value: number) => string} [says]
 */

/**
 * Lines over two axes, named in a legend below the title.
 * @param {{ left: number, top: number, width: number, height: number, title: string, x: Axis, y: Axis,
 *   series: { name: string, points: [x: number, y: number][] }[] }} chart
 */
export function lines({ left, top, width, height, title, x, y, series }) {
  /**
   * @param {Axis} axis
   * @param {number} value
   */
  const share = ({ ticks, log }, value) => {
    const scale = log ? Math.log : Number;
    const [low, high] = [scale(ticks[0] ?? 0), scale(ticks.at(-1) ?? 1)];
    return (scale(value) - low) / (high - low);
  };
  const names = 18 * Math.ceil(series.length / 2);
  const [x0, y0] = [left + 44, top + 42 + names];
  const [wide, high] = [width - 60, height - 88 - names];
  /** @param {number} value */
  const atX = (value) => (x0 + wide * share(x, value)).toFixed(1);
  /** @param {number} value */
  const atY = (value) => (y0 + high * (1 - share(y, value))).toFixed(1);
  return [
    label(left, top + 14, title, 'class="title"'),
    ...series.map(({ name }, i) => {
      const [at, row] = [
        left + (i % 2) * (width / 2),
        top + 34 + 18 * (i >> 1),
      ];
      return `<line class="line s${i}" x1="${at}" x2="${at + 16}" y1="${row - 4}" y2="${row - 4}"/>${label(at + 22, row, name)}`;
    }),
    ...y.ticks.map(
      (tick) =>
        `<line class="grid" x1="${x0}" x2="${x0 + wide}" y1="${atY(tick)}" y2="${atY(tick)}"/>` +
        label(
          x0 - 6,
          Number(atY(tick)) + 4,
          (y.says ?? String)(tick),
          'class="quiet" text-anchor="end"',
        ),
    ),
    ...x.ticks.map((tick) =>
      label(
        Number(atX(tick)),
        y0 + high + 16,
        (x.says ?? String)(tick),
        'class="quiet" text-anchor="middle"',
      ),
    ),
    label(
      x0 + wide / 2,
      y0 + high + 36,
      x.name,
      'class="quiet" text-anchor="middle"',
    ),
    label(x0 - 38, y0 - 8, y.name, 'class="quiet"'),
    ...series.map(
      ({ points }, i) =>
        `<polyline class="line s${i}" points="${points.map(([px, py]) => `${atX(px)},${atY(py)}`).join(" ")}"/>`,
    ),
  ].join("\n");
}

/**
 * Groups of horizontal bars on a logarithmic scale, each with its value beside it.
 * @param {{ left: number, top: number, width: number, title: string, says: (value: number) => string, names: string[],
 *   groups: { name: string, values: (number | undefined)[] }[] }} chart `undefined`: never
 * @returns {{ body: string, height: number }}
 */
export function bars({ left, top, width, title, says, names, groups }) {
  const known = groups.flatMap(({ values }) =>
    values.filter((value) => value !== undefined),
  );
  const [low, high] = [Math.min(...known) / 2, Math.max(...known)];
  const [x0, wide] = [left + 190, width - 260];
  const body = [label(left, top + 14, title, 'class="title"')];
  let y = top + 30;
  for (const [i, name] of names.entries()) {
    const at = left + (i % 2) * (width / 2);
    body.push(
      `<rect class="bar s${i}" x="${at}" y="${y + 18 * (i >> 1) - 6}" width="12" height="10"/>`,
      label(at + 18, y + 18 * (i >> 1) + 3, name),
    );
  }
  y += 18 * Math.ceil(names.length / 2) + 8;
  for (const { name, values } of groups) {
    body.push(label(left, y + values.length * 8, name));
    for (const [i, value] of values.entries()) {
      const share =
        value === undefined ? 1 : Math.log(value / low) / Math.log(high / low);
      const long = Math.max(1, share * wide);
      if (value !== undefined)
        body.push(
          `<rect class="bar s${i}" x="${x0}" y="${y}" width="${long.toFixed(1)}" height="11"/>`,
        );
      body.push(
        label(
          value === undefined ? x0 : x0 + long + 6,
          y + 10,
          value === undefined ? "never" : says(value),
          'class="quiet"',
        ),
      );
      y += 14;
    }
    y += 8;
  }
  return { body: body.join("\n"), height: y - top };
}
