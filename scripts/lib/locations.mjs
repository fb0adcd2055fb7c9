import { dataSegments } from "./wasm-reader.mjs";

// A `core::panic::Location` is four words: address and length of a source file's name, line, column.
const LOCATION_BYTES = 16;

/**
 * Blanks the source locations of panics, with the file names: where the panicking functions are bare traps, nothing
 * reads them, but no tool can tell.
 * @param {Buffer} wasm changed in place
 */
export function blankLocations(wasm) {
  const segments = dataSegments(wasm);
  /** @type {[at: number, length: number][]} */
  const blanks = [];
  for (const segment of segments) {
    const last = segment.at + segment.length - LOCATION_BYTES;
    for (let at = segment.at + (-segment.address & 3); at <= last; at += 4) {
      const [start, length, line, column] = [0, 4, 8, 12].map((offset) =>
        wasm.readUInt32LE(at + offset),
      );
      if (
        !start ||
        !length ||
        !line ||
        !column ||
        length > 300 ||
        line > 1e6 ||
        column > 1e4
      )
        continue;
      const home = segments.find(
        ({ address, length: size }) =>
          start >= address && start + length <= address + size,
      );
      if (!home) continue;
      const name = home.at + start - home.address;
      if (
        !/^[\w./@+-]+\.rs$/.test(wasm.toString("latin1", name, name + length))
      )
        continue;
      blanks.push([at, LOCATION_BYTES], [name, length]);
    }
  }
  for (const [at, length] of blanks) wasm.fill(0, at, at + length);
  return wasm;
}
