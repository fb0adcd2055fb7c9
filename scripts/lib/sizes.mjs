import { brotliCompressSync, gzipSync } from "node:zlib";

/** @typedef {{ raw: number, gzip: number, brotli: number }} Size in bytes */

/**
 * @param {string | Uint8Array} content
 * @returns {Size}
 */
export function sizeOf(content) {
  const bytes = Buffer.from(content);
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
}

/** @param {Record<string, Size>} sizes */
export function sizeTable(sizes) {
  const width = Math.max(...Object.keys(sizes).map((name) => name.length));
  /** @param {(string | number)[]} cells */
  const line = ([name, ...cells]) =>
    `  ${String(name).padEnd(width)}${cells.map((cell) => String(cell).padStart(9)).join("")}`;
  return [
    line(["bytes", "raw", "gzip -9", "brotli"]),
    ...Object.entries(sizes).map(([name, { raw, gzip, brotli }]) =>
      line([name, raw, gzip, brotli]),
    ),
  ].join("\n");
}
