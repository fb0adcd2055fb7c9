// The engine travels with the bytes of its code sorted into columns; js/assemble.wat puts them together again.
import { readFile } from "node:fs/promises";
import binaryen from "binaryen";
import { inRoot } from "./paths.mjs";
import { Failure } from "./run.mjs";
import { codeSection } from "./wasm-reader.mjs";

const COLUMNS = 512;
// Operands go to the column that has the number of their opcode, but for these; opcodes without operands lend theirs.
const OPCODES = 0;
/** All that is no function. */
const VERBATIM = 1;
const LOCAL_GROUPS = 5;
const LOCAL_COUNTS = 6;
const LOCAL_TYPES = 7;
const PAIRS = 8;
const OFFSETS = 0x28;
const CONSTANTS = 0x80;
/** A number's first byte is in one column, the others in the column so much further on. */
const CONTINUED = 256;
/** Where the assembler expects the columns in its memory; the places of the next bytes are before. */
const START = COLUMNS * 4;

/** As many as help: more of them, and deflate finds less to repeat. */
const MOST_PAIRS = 96;

/** @param {number} value */
function leb(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

/** The module that makes an engine of columns. */
export async function assembler() {
  const text = await readFile(inRoot("js/assemble.wat"), "utf8");
  const module = binaryen.parseText(text);
  try {
    binaryen.setOptimizeLevel(2);
    binaryen.setShrinkLevel(2);
    module.optimize();
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/**
 * Sorts an engine into the columns that the assembler makes an engine of: the same one, but for the alignments that its
 * loads and stores claim to have (a hint that no engine follows) and the way that sizes are written.
 * @param {Buffer} wasm
 * @returns {Promise<Uint8Array>}
 */
export async function columnsOf(wasm) {
  const columns = sorted(wasm);
  const { instance } = /** @type {any} */ (
    await WebAssembly.instantiate(await assembler())
  );
  const { memory, assemble } = instance.exports;
  const start = START + columns.length;
  // As js/inlined.js does it.
  memory.grow(start >> 14);
  const bytes = Buffer.from(memory.buffer);
  bytes.set(columns, START);
  const assembled = bytes.subarray(start, assemble(start));
  if (
    !WebAssembly.validate(assembled) ||
    Buffer.compare(sorted(assembled), columns) !== 0
  )
    throw new Failure(
      "The engine has instructions that js/assemble.wat does not know.",
    );
  return columns;
}

/**
 * Opcodes, with the pairs that are most frequent each as one symbol; of symbols that are pairs too.
 * @param {number[]} opcodes
 */
function paired(opcodes) {
  // The first, then the second of each symbol's pair; 0 where it is none.
  const pairs = new Array(512).fill(0);
  let symbols = opcodes;
  const used = new Set(opcodes);
  const free = Array.from({ length: 256 }, (_, symbol) => symbol)
    .filter((symbol) => !used.has(symbol))
    .slice(0, MOST_PAIRS);
  for (const symbol of free) {
    const counts = new Uint32Array(65536);
    for (let i = 1, last = -1; i < symbols.length; i++) {
      const pair = (symbols[i - 1] ?? 0) * 256 + (symbols[i] ?? 0);
      // Of three that are equal, the first two make the pair.
      const overlaps = pair === last;
      last = overlaps ? -1 : pair;
      if (!overlaps && pair > 255) counts[pair] = (counts[pair] ?? 0) + 1;
    }
    const best = counts.indexOf(counts.reduce((a, b) => Math.max(a, b)));
    pairs[symbol] = best >> 8;
    pairs[symbol + 256] = best & 255;
    const next = [];
    for (let i = 0; i < symbols.length; i++) {
      const first = symbols[i] ?? 0;
      // NaN behind the last one, which is like no pair.
      const isPair = first * 256 + (symbols[i + 1] ?? NaN) === best;
      next.push(isPair ? symbol : first);
      if (isPair) i++;
    }
    symbols = next;
  }
  return { symbols, pairs };
}

/** @param {Buffer} wasm */
function sorted(wasm) {
  const section = codeSection(wasm);
  /** @type {number[][]} */
  const columns = Array.from({ length: COLUMNS }, () => []);
  let at = section.body;
  // Each function's size will have three bytes.
  let size = leb(section.functions).length;
  const skip = () => {
    while (wasm.readUInt8(at++) > 127);
  };
  /** @param {number} column */
  const move = (column) => {
    const byte = wasm.readUInt8(at++);
    columns[column]?.push(byte);
    size++;
    return byte;
  };
  /** @param {number} column */
  const moveNumber = (column) => {
    const first = move(column);
    for (let byte = first; byte > 127;) byte = move(column + CONTINUED);
    return first;
  };
  const opcodeBehindNumber = () => {
    const number = at;
    skip();
    const opcode = wasm.readUInt8(at);
    at = number;
    return opcode;
  };
  for (let left = section.functions; left--;) {
    skip();
    size += 3;
    for (let groups = move(LOCAL_GROUPS); groups--; move(LOCAL_TYPES))
      moveNumber(LOCAL_COUNTS);
    for (let depth = 1; depth;) {
      const opcode = move(OPCODES);
      if (opcode > 0x27 && opcode < 0x3f) {
        // Loads and stores; the alignment is written as 0.
        skip();
        size++;
        moveNumber(OFFSETS);
      } else if (opcode === 0x41) {
        // What a constant is depends on what is done with it.
        moveNumber(CONSTANTS + (opcodeBehindNumber() >> 2));
      } else {
        let operands = 0;
        if (opcode === 0x0b)
          depth--; // end
        else if (opcode > 1 && opcode < 5) {
          // block, loop, if
          depth++;
          operands = 1;
        } else if (opcode === 0x0e)
          operands = moveNumber(opcode) + 1; // br_table
        else if (opcode === 0x11)
          operands = 2; // call_indirect
        else if (opcode === 0x1c)
          operands = moveNumber(opcode); // select with types
        else if (opcode === 0x44)
          for (let i = 8; i--;) move(opcode); // f64.const
        else if (opcode === 0xfc) {
          // 0 to 7 are conversions, the others work on memories and tables: init, drop, copy, fill.
          const kind = moveNumber(opcode);
          if (kind > 7) operands = 2 - (kind & 1);
        } else if (
          opcode === 0x0c || // br
          opcode === 0x0d || // br_if
          opcode === 0x10 || // call
          (opcode > 0x1f && opcode < 0x43) || // variables, table.get and set, memory.size and grow, i64.const
          opcode > 0xcf // ref.null, ref.func
        )
          operands = 1;
        while (operands--) moveNumber(opcode);
      }
    }
  }
  if (at !== section.end)
    throw new Failure("The engine's code was not read to its end.");
  const before = [
    ...wasm.subarray(0, section.at),
    ...leb(size),
    ...leb(section.functions),
  ];
  const after = wasm.subarray(section.end);
  columns[VERBATIM] = [...before, ...after];
  const { symbols, pairs } = paired(columns[OPCODES] ?? []);
  columns[OPCODES] = symbols;
  columns[PAIRS] = pairs;
  return Uint8Array.from([
    ...leb(before.length + size - leb(section.functions).length + after.length),
    ...leb(section.functions),
    ...leb(before.length),
    ...columns.flatMap((column) => leb(column.length)),
    ...columns.flat(),
  ]);
}
