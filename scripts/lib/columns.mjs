import {
  assemble,
  COLUMNS,
  moveFunctions,
  VERBATIM,
} from "../../js/columns.js";
import { Failure } from "./run.mjs";
import { codeSection } from "./wasm-reader.mjs";

/** @param {number} value */
function leb(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

/**
 * Sorts an engine into the columns that `assemble` makes an engine of: the same one, but for the alignments that its
 * loads and stores claim to have (a hint that no engine follows) and the way that sizes are written.
 * @param {Buffer} wasm
 * @returns {Uint8Array}
 */
export function columnsOf(wasm) {
  const packed = sorted(wasm);
  const assembled = Buffer.from(assemble(packed));
  if (
    !WebAssembly.validate(assembled) ||
    Buffer.compare(sorted(assembled), packed) !== 0
  )
    throw new Failure(
      "The engine has instructions that js/columns.js does not know.",
    );
  return packed;
}

/** @param {Buffer} wasm */
function sorted(wasm) {
  const section = codeSection(wasm);
  /** @type {number[][]} */
  const columns = Array.from({ length: COLUMNS }, () => []);
  let at = section.body;
  const skip = () => {
    while (wasm.readUInt8(at++) > 127);
  };
  // Each function's size will have three bytes.
  let size = leb(section.functions).length;
  moveFunctions(section.functions, {
    move(column) {
      const byte = wasm.readUInt8(at++);
      columns[column]?.push(byte);
      size++;
      return byte;
    },
    ahead() {
      const number = at;
      skip();
      const opcode = wasm.readUInt8(at);
      at = number;
      return opcode;
    },
    open() {
      skip();
      size += 3;
    },
    close() {},
    align() {
      skip();
      size++;
    },
  });
  if (at !== section.end)
    throw new Failure("The engine's code was not read to its end.");
  const before = [
    ...wasm.subarray(0, section.at),
    ...leb(size),
    ...leb(section.functions),
  ];
  const after = wasm.subarray(section.end);
  columns[VERBATIM] = [...before, ...after];
  return Uint8Array.from([
    ...leb(before.length + size - leb(section.functions).length + after.length),
    ...leb(section.functions),
    ...leb(before.length),
    ...columns.flatMap((column) => leb(column.length)),
    ...columns.flat(),
  ]);
}
