import { Failure } from "./run.mjs";

const CUSTOM = 0;
const IMPORT = 2;
const CODE = 10;
const DATA = 11;

const I32_CONST = 0x41;
const END = 0x0b;
const FUNCTION_NAMES = 1;

/** A cursor over WebAssembly's binary format. */
class Reader {
  at = 8;

  /** @param {Buffer} wasm */
  constructor(wasm) {
    this.wasm = wasm;
  }

  byte() {
    return this.wasm.readUInt8(this.at++);
  }

  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  text() {
    const length = this.number();
    this.at += length;
    return this.wasm.toString("utf8", this.at - length, this.at);
  }

  /** @returns {Generator<{ id: number, end: number }>} each section, the cursor at its content */
  *sections() {
    while (this.at < this.wasm.length) {
      const id = this.byte();
      const end = this.number() + this.at;
      yield { id, end };
      this.at = end;
    }
  }
}

/** @typedef {{ address: number, at: number, length: number }} Segment `at` is its place in the file */

/**
 * The data segments of a module with one memory.
 * @param {Buffer} wasm
 * @returns {Segment[]}
 */
export function dataSegments(wasm) {
  const reader = new Reader(wasm);
  const segments = [];
  for (const { id } of reader.sections()) {
    if (id !== DATA) continue;
    for (let count = reader.number(); count > 0; count--) {
      const known = reader.number() === 0 && reader.byte() === I32_CONST;
      const address = reader.number();
      if (!known || reader.byte() !== END) {
        throw new Failure(
          "The wasm has a data segment of a kind that the build does not know.",
        );
      }
      const length = reader.number();
      segments.push({ address, at: reader.at, length });
      reader.at += length;
    }
  }
  return segments;
}

/**
 * Where a module has its functions.
 * @param {Buffer} wasm
 * @returns {{ at: number, body: number, end: number, functions: number }} where the size of the code section stands,
 *   its first function, its end; how many functions it has
 */
export function codeSection(wasm) {
  const reader = new Reader(wasm);
  let at = reader.at;
  for (const { id, end } of reader.sections()) {
    if (id === CODE) {
      const functions = reader.number();
      return { at: at + 1, body: reader.at, end, functions };
    }
    at = end;
  }
  throw new Failure("The wasm has no code.");
}

/**
 * The functions of a module with names, and the bytes of their bodies.
 * @param {Buffer} wasm
 * @returns {{ name: string, bytes: number }[]}
 */
export function functionSizes(wasm) {
  const reader = new Reader(wasm);
  let imports = 0;
  /** @type {number[]} */
  const sizes = [];
  /** @type {Map<number, string>} */
  const names = new Map();
  for (const { id, end } of reader.sections()) {
    if (id === IMPORT) {
      imports = reader.number();
    } else if (id === CODE) {
      for (let count = reader.number(); count > 0; count--) {
        const size = reader.number();
        sizes.push(size);
        reader.at += size;
      }
    } else if (id === CUSTOM && reader.text() === "name") {
      while (reader.at < end) {
        const kind = reader.byte();
        const next = reader.number() + reader.at;
        if (kind === FUNCTION_NAMES) {
          for (let count = reader.number(); count > 0; count--)
            names.set(reader.number(), reader.text());
        }
        reader.at = next;
      }
    }
  }
  // wasm-bindgen's engine imports nothing but functions, which are numbered first.
  return sizes.map((bytes, i) => ({
    name: names.get(i + imports) ?? "",
    bytes,
  }));
}
