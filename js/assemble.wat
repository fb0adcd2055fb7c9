;; The engine travels with the bytes of its code sorted into columns: opcodes, locals, offsets and so on, each kind by
;; itself, and opcodes that often follow each other as one symbol. They deflate by a quarter better than instructions do. This module puts them together again; in JavaScript, which
;; would run it once and so unoptimised, it takes ten times as long. scripts/lib/columns.mjs sorts, and describes the columns.
;; https://webassembly.github.io/spec/core/binary/instructions.html
(module
  ;; The page puts the columns at 2048, and makes room for the engine behind them. Below: where the next byte of each column is.
  (memory (export "memory") 1)

  ;; Where the next number of the header is, then where the next byte of the engine goes.
  (global $at (mut i32) (i32.const 2048))

  ;; The next number of the header.
  (func $header (result i32)
    (local $byte i32) (local $value i32) (local $shift i32)
    (loop $more
      (local.set $value
        (i32.or (local.get $value)
          (i32.shl
            (i32.and (local.tee $byte (i32.load8_u (global.get $at))) (i32.const 127))
            (local.get $shift))))
      (local.set $shift (i32.add (local.get $shift) (i32.const 7)))
      (global.set $at (i32.add (global.get $at) (i32.const 1)))
      (br_if $more (i32.gt_u (local.get $byte) (i32.const 127))))
    (local.get $value))

  ;; Moves the next byte of a column, and returns it.
  (func $move (param $column i32) (result i32)
    (local $from i32)
    (i32.store
      (local.tee $column (i32.shl (local.get $column) (i32.const 2)))
      (i32.add (local.tee $from (i32.load (local.get $column))) (i32.const 1)))
    (i32.store8 (global.get $at) (local.tee $from (i32.load8_u (local.get $from))))
    (global.set $at (i32.add (global.get $at) (i32.const 1)))
    (local.get $from))

  ;; Moves a number, and returns its first byte: the others have a column of their own.
  (func $number (param $column i32) (result i32)
    (local $first i32) (local $byte i32)
    (local.set $byte (local.tee $first (call $move (local.get $column))))
    (local.set $column (i32.add (local.get $column) (i32.const 256)))
    (loop $more
      (if (i32.gt_u (local.get $byte) (i32.const 127))
        (then
          (local.set $byte (call $move (local.get $column)))
          (br $more))))
    (local.get $first))

  ;; Writes the opcodes that a symbol stands for: itself, or what each of a pair stands for. Column 8 has the first and,
  ;; 256 further on, the second symbol of each one's pair.
  (func $expand (param $symbol i32)
    (local $pair i32)
    (loop $more
      (if (i32.load8_u
          (local.tee $pair (i32.add (i32.load (i32.const 32)) (local.get $symbol))))
        (then
          (call $expand (i32.load8_u (local.get $pair)))
          (local.set $symbol (i32.load8_u offset=256 (local.get $pair)))
          (br $more))))
    (i32.store8 (global.get $at) (local.get $symbol))
    (global.set $at (i32.add (global.get $at) (i32.const 1))))

  (func $verbatim (param $end i32)
    (loop $more
      (if (i32.lt_u (global.get $at) (local.get $end))
        (then
          (drop (call $move (i32.const 1)))
          (br $more)))))

  (func $instruction (param $opcode i32) (result i32)
    ;; By how much the blocks get deeper.
    (local $deeper i32)
    (local $operands i32)
    (local $low i32)
    (block $done
      ;; Loads and stores: the alignment is a hint, always 0.
      (if (i32.lt_u (local.tee $low (i32.sub (local.get $opcode) (i32.const 0x28))) (i32.const 23))
        (then
          (global.set $at (i32.add (global.get $at) (i32.const 1)))
          (drop (call $number (i32.const 0x28)))
          (br $done)))
      ;; i32.const: what a constant is depends on the opcode behind it.
      (if (i32.eq (local.get $opcode) (i32.const 0x41))
        (then
          (drop
            (call $number
              (i32.add (i32.const 0x80)
                (i32.shr_u (i32.load8_u (i32.load (i32.const 0))) (i32.const 2)))))
          (br $done)))
      ;; end
      (if (i32.eq (local.get $opcode) (i32.const 0x0b))
        (then (return (i32.const -1))))
      (block $operated
        ;; block, loop, if
        (if (i32.lt_u (i32.sub (local.get $opcode) (i32.const 2)) (i32.const 3))
          (then
            (local.set $deeper (i32.const 1))
            (local.set $operands (i32.const 1))
            (br $operated)))
        ;; br_table
        (if (i32.eq (local.get $opcode) (i32.const 0x0e))
          (then
            (local.set $operands (i32.add (call $number (local.get $opcode)) (i32.const 1)))
            (br $operated)))
        ;; call_indirect
        (if (i32.eq (local.get $opcode) (i32.const 0x11))
          (then
            (local.set $operands (i32.const 2))
            (br $operated)))
        ;; select with types
        (if (i32.eq (local.get $opcode) (i32.const 0x1c))
          (then
            (local.set $operands (call $number (local.get $opcode)))
            (br $operated)))
        ;; f64.const
        (if (i32.eq (local.get $opcode) (i32.const 0x44))
          (then
            (local.set $low (i32.const 8))
            (loop $more
              (drop (call $move (local.get $opcode)))
              (br_if $more (local.tee $low (i32.sub (local.get $low) (i32.const 1)))))
            (br $done)))
        ;; 0 to 7 are conversions, the others work on memories and tables: init, drop, copy, fill.
        (if (i32.eq (local.get $opcode) (i32.const 0xfc))
          (then
            (if (i32.gt_u (local.tee $low (call $number (local.get $opcode))) (i32.const 7))
              (then
                (local.set $operands
                  (i32.sub (i32.const 2) (i32.and (local.get $low) (i32.const 1))))))
            (br $operated)))
        ;; br, br_if, call; variables, table.get and set, memory.size and grow, i64.const; ref.null, ref.func
        (local.set $operands
          (i32.or
            (i32.or
              (i32.lt_u (i32.sub (local.get $opcode) (i32.const 0x0c)) (i32.const 2))
              (i32.eq (local.get $opcode) (i32.const 0x10)))
            (i32.or
              (i32.lt_u (i32.sub (local.get $opcode) (i32.const 0x20)) (i32.const 0x23))
              (i32.gt_u (local.get $opcode) (i32.const 0xcf))))))
      (loop $more
        (if (local.get $operands)
          (then
            (drop (call $number (local.get $opcode)))
            (local.set $operands (i32.sub (local.get $operands) (i32.const 1)))
            (br $more)))))
    (local.get $deeper))

  (func $function
    (local $start i32) (local $left i32)
    ;; Its size has three bytes, and is in no column.
    (global.set $at (local.tee $start (i32.add (global.get $at) (i32.const 3))))
    ;; Locals
    (local.set $left (call $move (i32.const 5)))
    (loop $more
      (if (local.get $left)
        (then
          (drop (call $number (i32.const 6)))
          (drop (call $move (i32.const 7)))
          (local.set $left (i32.sub (local.get $left) (i32.const 1)))
          (br $more))))
    ;; Instructions, until as many blocks ended as began.
    (local.set $left (i32.const 1))
    (loop $more
      (br_if $more
        (local.tee $left
          (i32.add (local.get $left)
            (call $instruction (call $move (i32.const 0)))))))
    ;; The size
    (local.set $left (i32.sub (global.get $at) (local.get $start)))
    (i32.store8 (i32.sub (local.get $start) (i32.const 3))
      (i32.or (local.get $left) (i32.const 128)))
    (i32.store8 (i32.sub (local.get $start) (i32.const 2))
      (i32.or (i32.shr_u (local.get $left) (i32.const 7)) (i32.const 128)))
    (i32.store8 (i32.sub (local.get $start) (i32.const 1))
      (i32.shr_u (local.get $left) (i32.const 14))))

  ;; Takes where the columns end and the engine begins, and returns where that ends.
  (func (export "assemble") (param $start i32) (result i32)
    (local $end i32) (local $functions i32) (local $before i32) (local $column i32) (local $next i32)
    (local.set $end (i32.add (local.get $start) (call $header)))
    (local.set $functions (call $header))
    (local.set $before (i32.add (local.get $start) (call $header)))
    ;; The lengths of the columns, then where each one begins.
    (loop $more
      (i32.store (local.get $column) (call $header))
      (br_if $more
        (i32.lt_u
          (local.tee $column (i32.add (local.get $column) (i32.const 4)))
          (i32.const 2048))))
    (local.set $column (i32.const 0))
    (loop $more
      (local.set $next (i32.load (local.get $column)))
      (i32.store (local.get $column) (global.get $at))
      (global.set $at (i32.add (global.get $at) (local.get $next)))
      (br_if $more
        (i32.lt_u
          (local.tee $column (i32.add (local.get $column) (i32.const 4)))
          (i32.const 2048))))
    ;; The opcodes are written out behind the engine; column 1 begins where their symbols end.
    (global.set $at (local.get $end))
    (local.set $next (i32.load (i32.const 0)))
    (loop $more
      (call $expand (i32.load8_u (local.get $next)))
      (br_if $more
        (i32.lt_u
          (local.tee $next (i32.add (local.get $next) (i32.const 1)))
          (i32.load (i32.const 4)))))
    (i32.store (i32.const 0) (local.get $end))
    (global.set $at (local.get $start))
    (call $verbatim (local.get $before))
    (loop $more
      (call $function)
      (br_if $more (local.tee $functions (i32.sub (local.get $functions) (i32.const 1)))))
    (call $verbatim (local.get $end))
    (local.get $end)))
