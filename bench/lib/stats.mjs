/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [
    sorted[(sorted.length - 1) >> 1],
    sorted[middle],
  ];
  return (low + high) / 2;
}

/** @param {number} value */
export const ms = (value) => value.toFixed(value < 10 ? 1 : 0);

/**
 * A table in Markdown: the first column is text, the others are figures.
 * @param {string[]} head
 * @param {string[][]} rows
 */
export const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

/**
 * A row of a comparison: each value, and how many times ours it is.
 * @param {string} name
 * @param {(number | undefined)[]} values ours is the last; `undefined`: never
 * @param {string[]} [said] what to add to each
 */
export function row(name, values, said = []) {
  const ours = values.at(-1) ?? NaN;
  return [
    name,
    ...values.map((value, i) => {
      if (value === undefined) return "never";
      const times =
        i === values.length - 1
          ? ""
          : ` (${Number((value / ours).toPrecision(2))}×)`;
      return `${ms(value)}${times}${said[i] ? `, ${said[i]}` : ""}`;
    }),
  ];
}
