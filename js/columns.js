// The engine travels with the bytes of its code sorted into columns: opcodes, locals, offsets and so on, each kind by
// itself. They deflate by a fifth better than instructions do, and to put them together again takes milliseconds.
// https://webassembly.github.io/spec/core/binary/instructions.html

/** How many columns there are. */
export const COLUMNS = 512;
/** The column of all that is no function. */
export const VERBATIM = 1;

// Operands go to the column that has the number of their opcode, but for these; opcodes without operands lend theirs.
const OPCODES = 0;
const LOCAL_GROUPS = 5;
const LOCAL_COUNTS = 6;
const LOCAL_TYPES = 7;
const OFFSETS = 0x28;
const CONSTANTS = 0x80;
/** A number's first byte is in one column, the others in the column so much further on. */
const CONTINUED = 256;

/**
 * Which way the bytes go: to the columns, or from them.
 * @typedef {object} Mover
 * @property {(column: number) => number} move the next byte, which it returns
 * @property {() => number} ahead the opcode behind the number that comes next
 * @property {() => void} open a function: its size has three bytes and is in no column
 * @property {() => void} close it
 * @property {() => void} align a memory access: the alignment is a hint, always 0 and in no column
 */

/**
 * Moves the functions of a code section.
 * @param {number} count
 * @param {Mover} mover
 */
export function moveFunctions(count, { move, ahead, open, close, align }) {
  /** @param {number} column */
  const moveNumber = (column) => {
    const first = move(column);
    for (let byte = first; byte > 127;) byte = move(column + CONTINUED);
    return first;
  };
  while (count--) {
    open();
    for (let groups = move(LOCAL_GROUPS); groups--; move(LOCAL_TYPES))
      moveNumber(LOCAL_COUNTS);
    for (let depth = 1; depth;) {
      const opcode = move(OPCODES);
      if (opcode > 0x27 && opcode < 0x3f) {
        // Loads and stores.
        align();
        moveNumber(OFFSETS);
      } else if (opcode === 0x41) {
        // What a constant is depends on what is done with it.
        moveNumber(CONSTANTS + (ahead() >> 2));
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
    close();
  }
}

/**
 * @param {Uint8Array} packed the columns, and before them the sizes of the whole and of each
 * @returns {Uint8Array<ArrayBuffer>} the engine
 */
export function assemble(packed) {
  let at = 0;
  const number = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = packed[at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const wasm = new Uint8Array(number());
  const functions = number();
  const before = number();
  const lengths = Array.from({ length: COLUMNS }, number);
  /** Where the next byte of each column is. @type {Record<number, any>} */
  const next = lengths.map((length) => (at += length) - length);

  let end = 0;
  let start = 0;
  /** @param {number} column */
  const move = (column) =>
    (wasm[end++] = /** @type {number} */ (packed[next[column]++]));
  for (let left = before; left--;) move(VERBATIM);
  moveFunctions(functions, {
    move,
    ahead: () => packed[next[OPCODES]] ?? 0,
    open() {
      start = end += 3;
    },
    close() {
      const size = end - start;
      wasm[start - 3] = size | 128;
      wasm[start - 2] = (size >> 7) | 128;
      wasm[start - 1] = size >> 14;
    },
    align() {
      end++;
    },
  });
  while (end < wasm.length) move(VERBATIM);
  return wasm;
}
