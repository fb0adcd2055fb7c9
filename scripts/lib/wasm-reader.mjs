const CUSTOM = 0;
const IMPORT = 2;
const CODE = 10;
const DATA = 11;

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

/**
 * What a module with names consists of, in bytes.
 * @param {Buffer} wasm
 * @returns {{ functions: { name: string, bytes: number }[], data: number }}
 */
export function partsOf(wasm) {
  const reader = new Reader(wasm);
  let imports = 0;
  let data = 0;
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
    } else if (id === DATA) {
      data = end - reader.at;
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
  const functions = sizes.map((bytes, i) => ({
    name: names.get(i + imports) ?? "",
    bytes,
  }));
  return { functions, data };
}
