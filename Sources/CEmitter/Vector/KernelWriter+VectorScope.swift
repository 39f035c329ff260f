import Basics
import KernelIR

/// The tile scope that is being written.
struct VectorScope {
  /// Elements of every vector of the kernel.
  var laneCount = 16
  /// Where the scope starts.
  var start = 0
  var axis = 0
  var extent = 0
  /// How many vectors a turn of the loop has: every statement is written as often.
  var greatestCopyCount = 1
  var copyCount = 1
  /// The vector that is being written.
  var copy = 0
  /// Elements of the last vector, if it is not whole.
  var part: Int?
  /// Whether it is the elements that whole turns leave.
  var isRest = false

  /// Elements of a turn.
  var width: Int { greatestCopyCount * laneCount }

  /// Elements of the vector that is being written, if it is not whole.
  var currentPart: Int? { copy == copyCount - 1 ? part : nil }
}

/// Tiles of an axis as vectors: a loop over a few vectors a turn, then once the elements that are left, by the same
/// statements.
extension KernelWriter {
  mutating func prepareVectors() {
    let widest = plan.widestVectorElement
    vectors.laneCount = unit.vectorTarget.laneCount(elementByteCount: widest)
    if plan.flat.scopes.indices.contains(where: { plan.flat.scopes[$0].isTile && plan.isScopeLive[$0] }) {
      unit.useVectors(of: vectors.laneCount)
    }
    prepareParts()
  }

  /// Vectors that hold the lanes of an accumulator.
  var lanesVectorCount: Int { laneCount / vectors.laneCount }

  func vectorType(_ dtype: DType) -> String { "\(dtype)x\(vectors.laneCount)" }

  /// Begins a tile scope, and gives the position to go on from.
  mutating func beginVectors(_ instruction: FlatKernel.Instruction, _ position: Int) -> Int {
    let scope = plan.flat.scopes[Int(instruction.scope)]
    vectors.start = position
    vectors.axis = Int(instruction.index)
    vectors.extent = plan.flat.axes[vectors.axis].extent
    if vectors.extent == 0 { return Int(scope.end) + 1 }
    vectors.greatestCopyCount = plan.vectorsPerTurn(scope, lanesVectorCount: lanesVectorCount)
    if isChunked(vectors.axis), let chunk = kernel.partition?.chunk {
      // All chunks but the last are whole turns; what feeds lanes has no chunks.
      while chunk % vectors.width != 0 && vectors.greatestCopyCount > 1 { vectors.greatestCopyCount /= 2 }
    }
    vectors.isRest = vectors.extent < vectors.width
    beginTurn()
    return position + 1
  }

  private mutating func beginTurn() {
    let (n, width, axis) = (vectors.laneCount, vectors.width, vectors.axis)
    let whole = vectors.extent / width * width
    if vectors.isRest {
      let rest = vectors.extent - whole
      vectors.copyCount = (rest + n - 1) / n
      vectors.part = rest % n == 0 ? nil : rest % n
    } else {
      vectors.copyCount = vectors.greatestCopyCount
      vectors.part = nil
    }
    if isChunked(axis) {
      let head = "for (int64_t i\(axis) = chunk_start; i\(axis) + \(width) <= chunk_end; i\(axis) += \(width)) {"
      out.line(vectors.isRest ? "if (chunk_end == \(vectors.extent)) {" : head)
      out.indentation += 1
      if vectors.isRest { out.line("const int64_t i\(axis) = \(whole);") }
    } else if !vectors.isRest && whole > width {
      out.line("for (int64_t i\(axis) = 0; i\(axis) < \(whole); i\(axis) += \(width)) {")
      out.indentation += 1
    } else {
      out.line("{")
      out.indentation += 1
      out.line("const int64_t i\(axis) = \(vectors.isRest ? whole : 0);")
    }
  }

  /// Ends a tile scope, or goes back for the elements that are left.
  mutating func endVectors(_ instruction: FlatKernel.Instruction, _ position: Int) -> Int {
    endBlock()
    if !vectors.isRest, vectors.extent % vectors.width != 0 {
      vectors.isRest = true
      beginTurn()
      return vectors.start + 1
    }
    vectors.copyCount = 1
    vectors.part = nil
    return position + 1
  }

  /// Writes a statement for every vector of the turn.
  mutating func forEachVector(_ body: (inout KernelWriter) -> Void) {
    for copy in 0..<vectors.copyCount {
      vectors.copy = copy
      body(&self)
    }
    vectors.copy = 0
  }

  // MARK: Lanes

  private func laneName(_ accumulator: Int32, _ vector: Int) -> String { "lanes_\(number[Int(accumulator)])_\(vector)" }

  /// The lanes that the vector which is being written goes to: turns start at multiples of 32.
  func laneName(_ accumulator: Int32) -> String { laneName(accumulator, vectors.copy % lanesVectorCount) }

  mutating func writeLanes(_ accumulator: Int32, _ identity: String) {
    number[Int(accumulator)] = nextVariable
    nextVariable += 1
    let type = vectorType(plan.info(accumulator).dtype)
    let names = (0..<lanesVectorCount).map { laneName(accumulator, $0) }
    out.line("\(type) \(names[0]) = vector_splat_\(type)(\(identity));")
    if names.count > 1 {
      out.line("\(type) \(names.dropFirst().map { "\($0) = \(names[0])" }.joined(separator: ", "));")
    }
  }

  /// The lanes put together by halves, as an expression.
  mutating func writeCombinedLanes(_ accumulator: Int32, _ combiner: Combiner) {
    let type = vectorType(plan.info(accumulator).dtype)
    var vectors = (0..<lanesVectorCount).map { laneName(accumulator, $0) }
    while vectors.count > 1 {
      let half = vectors.count / 2
      vectors = (0..<half).map { "vector_\(combiner.name)_\(type)(\(vectors[$0]), \(vectors[$0 + half]))" }
    }
    out.write(string: "vector_halves_\(combiner.name)_\(type)(\(vectors[0]))")
  }
}
