package import Basics

// Invariants of a program. Messages cite their numbers.
//
// Buffers
//  1. The positions of parameters are 0, 1, 2 …, each once, and so are the results'. A buffer may be one of both.
//     Only results that are no parameters are streamed.
//  2. Extents are not negative, and the bytes of a buffer or a row of a tape fit 48 bits.
//  3. A constant has one element per place of its shape, of its dtype, in canonical bits.
//  4. The arena's size is a multiple of 64 of at most 48 bits. Temporaries start at multiples of 64 inside it and end
//     inside it.
// Kernels
//  5. Axis extents are not negative. A scope's axis exists, and no scope around it has the same.
//  6. On every path there is at most one tile scope, and at most 64 scopes.
//  7. Every value is defined exactly once.
//  8. An operand is defined before, in the same or an enclosing scope. Places of operands that an op lacks hold `none`.
//  9. Dtypes agree: of an op's operands and result, of a constant and its result, of a buffer and what is loaded or
//     stored. The op accepts the dtype. Selectors are integers.
// 10. Tile values are defined inside a tile scope. A uniform value has neither tile operands nor the tile axis.
// 11. Only `accumulator` defines accumulators, only `accumulate` feeds and only `finish` reads them. `and` and `or` are for
//     bool, the other combiners for numbers.
// 12. An accumulator declared outside tiles is fed either inside tiles or outside of any, not both, is not fed by a loop
//     inside a tile, and is finished outside of tiles, into a uniform value. One declared inside is finished into a tile.
// 13. Terms of an index are in increasing order of axes of scopes around it, with coefficients other than 0.
// 14. Every element that an index can reach is in its buffer. A gather or scatter has a limit of at least 1.
// 15. Parameters that are no results, and constants, are not written.
// 16. The index of a tile's store has the tile axis.
// 17. A scatter combines numbers, or sets elements of any dtype. One whose result depends on the order, of floating
//     numbers or by `set`, does not stand in a loop inside a tile, where the order would depend on the width.
// Matrix products
// 18. Extents are not negative, the dtype is a number's and the three buffers' own. Rows are at least as far apart as they
//     are long. Every element is in its buffer. c is not transposed, is not a parameter or constant, and shares no memory
//     with a and b. Products by rows and lanes are of floating numbers; by rows a transposed b has at most 1024 elements, by
//     lanes a is not transposed and b is.
// Control flow
// 19. Loops of steps have numbers of their own, not negative. Counts and limits are not negative. At most 64 loops and
//     branches are nested.
// 20. Counts, indices and trip counts are i64, predicates bool, selectors bool or integers, each in a buffer of one
//     element. Indices and trip counts can be written.
// 21. A branch has a case.
// 22. A slice is of a buffer before it, of the same dtype, in a loop of known bound, inside the loop that its base moves with.
//     It is inside its base in every iteration.
// 23. A row has the type of its tape's rows. In a `while` it is of a tape that the loop records, and not reversed.
// 24. A loop records tapes that exist, each once. No loop that records or has rows of a tape is inside another.
// 25. Buffers that move are used in the body of their loop; slices in the condition, too.
// 26. Rows that a loop does not record, and slices of buffers that can't be written, are not written.
// Calls of the library
// 27. The routine takes the dtype. Its parameters are not negative and fit 32 bits, flags are 0 or 1. There are as many
//     inputs and outputs as it has, of its dtypes, each slice of which is inside the buffer; a routine that needs a workspace
//     has a temporary of bool of at least its bytes, others have none.
// 28. Outputs are no parameters or constants, their slices do not overlap, and neither outputs nor workspace share memory
//     with another argument.
//
// Chunks that threads share
// 29. A kernel's partition has an axis of the kernel and chunks of at least 1, in multiples of 32 if a tile scope has the
//     axis. Nothing is written outside of the axis's scopes, no accumulator declared outside of them is fed inside, and
//     no two iterations touch the same element if one of them writes it, as far as indices tell.
// 30. A product's chunks have at least 1 row, column or slice; slices that are chunks share no element of c.
// 31. A call's chunks have at least 1 slice, and its workspace has room for all of them.
// 32. A loop whose iterations are chunks has a fixed count, no index, and no tape that it or a loop inside makes room for.
//     What its body writes it writes through slices that move with the loop, no longer than their steps; all that its body
//     uses of the same memory are such slices of the same buffer with the same step, and together no longer than it. Or they
//     are slices of such slices in loops inside, all of the same step but for its sign, and together no longer; as many as
//     there are iterations fit into the step inside, one after the other.
//
// Not checked: that temporaries sharing memory are not live at once, and that no position of a tile depends on what
// another position of the same tile scope stores.

extension Program {
  /// Checks the invariants in linear time.
  /// - Throws: the first violations.
  package func verify() throws(Diagnostics) {
    var verifier = ProgramVerifier(program: self)
    verifier.checkBuffers()
    if verifier.failures.isEmpty { verifier.checkLoops() }
    if verifier.failures.isEmpty { verifier.checkMovingBuffers() }
    if verifier.failures.isEmpty {
      verifier.isWritable = buffers.indices.map { verifier.isWritable($0) }
      verifier.check(steps, MovingScope())
    }
    if !verifier.failures.isEmpty { throw Diagnostics(verifier.failures) }
  }
}

struct ProgramVerifier {
  let program: Program
  let loops: LoopTable
  var failures: [Diagnostic] = []
  /// By buffer; known once declarations are checked.
  var isWritable: [Bool] = []

  static let greatestByteCount = 1 << 48

  init(program: Program) {
    self.program = program
    loops = LoopTable(program)
  }

  /// Parameters and constants, slices of them, and rows that are not recorded, are only read.
  fileprivate func isWritable(_ buffer: BufferID) -> Bool {
    let root = program.root(of: buffer)
    if case .row(let tape, let loop, _) = program.buffers[root].role {
      return loops[loop]?.records.contains(tape) ?? false
    }
    return program.isWritable(root)
  }

  mutating func fail(_ invariant: Int, _ message: String) {
    failures.append(Diagnostic("kernel IR invariant \(invariant): \(message)"))
  }

  mutating func checkBuffers() {
    let arena = program.arenaByteCount
    if arena < 0 || arena % 64 != 0 || arena > Self.greatestByteCount {
      fail(4, "the arena has \(program.arenaByteCount) bytes")
    }
    var parameters: [Int] = []
    var results: [Int] = []
    for (number, buffer) in program.buffers.enumerated() {
      guard let count = buffer.type.shape.checkedElementCount, count <= Self.greatestByteCount / 8 else {
        fail(2, "buffer #\(number) has shape \(buffer.type.shape)")
        continue
      }
      switch buffer.role {
      case .parameter(let position): parameters.append(position)
      case .result(let position): results.append(position)
      case .updated(let parameter, let result):
        parameters.append(parameter)
        results.append(result)
      case .constant(let elements): check(elements, number, buffer.type)
      case .temporary(let offset):
        if offset < 0 || offset % 64 != 0 || offset > program.arenaByteCount - buffer.type.byteCount {
          fail(4, "buffer #\(number) has \(buffer.type.byteCount) bytes at \(offset) of \(program.arenaByteCount)")
        }
      case .slice, .row: break
      }
      if buffer.isStreamed {
        guard case .result = buffer.role else {
          fail(1, "buffer #\(number) is streamed, but no result")
          continue
        }
      }
      if failures.count > 20 { return }
    }
    if parameters.sorted() != Array(parameters.indices) {
      fail(1, "the parameters' positions are \(parameters.prefix(20))")
    }
    if results.sorted() != Array(results.indices) { fail(1, "the results' positions are \(results.prefix(20))") }
    for (number, tape) in program.tapes.enumerated() {
      guard let count = tape.rowType.shape.checkedElementCount, count <= Self.greatestByteCount / 8 else {
        return fail(2, "rows of tape #\(number) have shape \(tape.rowType.shape)")
      }
    }
  }

  private mutating func check(_ elements: [Scalar], _ number: Int, _ type: TensorType) {
    if elements.count != type.elementCount {
      fail(3, "constant #\(number) is \(type), but has \(elements.count) elements")
    } else if let element = elements.first(where: { !$0.isCanonical(type.dtype) }) {
      fail(3, "constant #\(number) is \(type), but has an element \(element.dtype) \(element)")
    }
  }

  // MARK: Matrix products

  mutating func check(_ gemm: Gemm, _ scope: MovingScope) {
    if gemm.dtype == .bool { fail(18, "a product of bool") }
    if min(gemm.m, gemm.n, gemm.k, gemm.batchCount) < 0 { return fail(18, "a product has a negative extent") }
    if gemm.c.transposed { fail(18, "c is transposed") }
    checkOrder(gemm)
    let c = span("c", gemm.c, gemm.m, gemm.n, gemm, scope)
    let a = span("a", gemm.a, gemm.m, gemm.k, gemm, scope)
    let b = span("b", gemm.b, gemm.k, gemm.n, gemm, scope)
    guard let c else { return }
    if !isWritable[gemm.c.buffer] { fail(18, "c is buffer #\(gemm.c.buffer), which can't be written") }
    for (name, other) in [("a", a), ("b", b)] {
      if let other, other.overlaps(c) { fail(18, "c shares memory with \(name)") }
    }
  }

  private mutating func checkOrder(_ gemm: Gemm) {
    if gemm.order != .library && !gemm.dtype.isFloating { fail(18, "a product of \(gemm.dtype) by \(gemm.order)") }
    switch gemm.order {
    case .library: break
    case .rows:
      let (size, overflow) = gemm.n.multipliedReportingOverflow(by: gemm.k)
      if gemm.b.transposed && (overflow || size > Gemm.greatestCopy) {
        fail(18, "a product by rows has a transposed b of \(gemm.k) by \(gemm.n)")
      }
    case .lanes:
      if gemm.a.transposed || !gemm.b.transposed {
        fail(18, "in a product by lanes a is transposed, or b is not")
      }
    case .symmetry:
      if gemm.m != gemm.n { fail(18, "a product by symmetry has \(gemm.m) rows and \(gemm.n) columns") }
    }
  }

  /// The bytes that a matrix spans; `nil` after a failure.
  private mutating func span(
    _ name: String, _ matrix: Gemm.Matrix, _ rows: Int, _ columns: Int, _ gemm: Gemm, _ scope: MovingScope
  ) -> MemorySpan? {
    guard program.buffers.indices.contains(matrix.buffer) else {
      fail(18, "\(name) is buffer #\(matrix.buffer), which does not exist")
      return nil
    }
    checkUse(matrix.buffer, scope)
    let buffer = program.buffers[matrix.buffer]
    if buffer.type.dtype != gemm.dtype {
      fail(18, "\(name) is \(buffer.type), the product \(gemm.dtype)")
      return nil
    }
    let (count, length) = matrix.transposed ? (columns, rows) : (rows, columns)
    if matrix.leadingDimension < max(length, 1) {
      fail(18, "rows of \(name) are \(length) long and \(matrix.leadingDimension) apart")
      return nil
    }
    let isEmpty = count == 0 || length == 0 || gemm.batchCount == 0
    var bounds = IndexBounds(matrix.offset)
    bounds.add(matrix.leadingDimension, upTo: count - 1)
    bounds.add(1, upTo: length - 1)
    bounds.add(matrix.batchStride, upTo: gemm.batchCount - 1)
    if !isEmpty && !bounds.areInside(buffer.type.elementCount) {
      fail(18, "\(name) reaches from \(bounds.low) to \(bounds.high) in \(buffer.type)")
      return nil
    }
    let size = gemm.dtype.byteCount
    let bytes = isEmpty ? 0..<0 : bounds.low * size..<(bounds.high + 1) * size
    return MemorySpan(bytes, of: matrix.buffer, in: program, loops)
  }
}

/// The least and the greatest value of an affine expression.
struct IndexBounds {
  private(set) var low: Int
  private(set) var high: Int
  /// Whether some value does not fit an `Int`.
  private(set) var overflows = false

  init(_ offset: Int) {
    low = offset
    high = offset
  }

  /// Adds `coefficient · 0 … last`.
  mutating func add(_ coefficient: Int, upTo last: Int) {
    let (span, overflow) = coefficient.multipliedReportingOverflow(by: last)
    let (bound, overflow2) = (span < 0 ? low : high).addingReportingOverflow(span)
    if overflow || overflow2 {
      overflows = true
    } else if span < 0 {
      low = bound
    } else {
      high = bound
    }
  }

  func areInside(_ count: Int) -> Bool { !overflows && low >= 0 && high < count }
}

extension Scalar {
  /// Whether it has this dtype and no bits beyond it.
  func isCanonical(_ expected: DType) -> Bool {
    guard dtype == expected else { return false }
    switch dtype {
    case .f32, .i32: return bits <= UInt64(UInt32.max)
    case .f64, .i64: return true
    case .bool: return bits <= 1
    }
  }
}
