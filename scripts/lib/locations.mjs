import { Failure } from "./run.mjs";

const DATA_SECTION = 11;
const I32_CONST = 0x41;
const END = 0x0b;

// A `core::panic::Location` is four words: address and length of a source file's name, line, column.
const LOCATION_BYTES = 16;

/** @typedef {{ address: number, at: number, length: number }} Segment `at` is its place in the file */

/**
 * The data segments of a module with one memory.
 * @param {Buffer} wasm
 * @returns {Segment[]}
 */
function dataSegments(wasm) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm.readUInt8(at++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };
  const segments = [];
  while (at < wasm.length) {
    const section = wasm.readUInt8(at++);
    const end = number() + at;
    if (section === DATA_SECTION) {
      for (let count = number(); count > 0; count--) {
        const known = number() === 0 && wasm.readUInt8(at++) === I32_CONST;
        const address = number();
        if (!known || wasm.readUInt8(at++) !== END) {
          throw new Failure(
            "The wasm has a data segment of a kind that scripts/lib/locations.mjs does not know.",
          );
        }
        const length = number();
        segments.push({ address, at, length });
        at += length;
      }
    }
    at = end;
  }
  return segments;
}

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
