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
  /// How many elements there are, behind the last whole vector.
  var part: Int?
  /// The accumulators with lanes that the scope feeds.
  var fed: [Int32] = []
}

/// Tiles of an axis as vectors: a loop over whole vectors, then once the elements that are left, by the same statements.
extension KernelWriter {
  mutating func prepareVectors() {
    let widest = plan.widestVectorElement
    vectors.laneCount = unit.vectorTarget.laneCount(elementByteCount: widest)
    if plan.flat.scopes.indices.contains(where: { plan.flat.scopes[$0].isTile && plan.isScopeLive[$0] }) {
      unit.useVectors(of: vectors.laneCount)
    }
  }

  /// Vectors that hold the lanes of an accumulator. Before each whole vector the first of them is the one to add to.
  var lanesVectorCount: Int { laneCount / vectors.laneCount }

  func vectorType(_ dtype: DType) -> String { "\(dtype)x\(vectors.laneCount)" }

  /// Begins a tile scope, and gives the position to go on from.
  mutating func beginVectors(_ instruction: FlatKernel.Instruction, _ position: Int) -> Int {
    let scope = plan.flat.scopes[Int(instruction.scope)]
    vectors.start = position
    vectors.axis = Int(instruction.index)
    vectors.extent = plan.flat.axes[vectors.axis].extent
    vectors.part = nil
    vectors.fed = []
    if vectors.extent == 0 { return Int(scope.end) + 1 }
    for inside in position..<Int(scope.end) where plan.flat.code[inside].kind == .accumulate && plan.isLive[inside] {
      let accumulator = plan.flat.code[inside].b
      if plan.place[Int(accumulator)] == .lanes, !vectors.fed.contains(accumulator) { vectors.fed.append(accumulator) }
    }
    let (n, axis) = (vectors.laneCount, vectors.axis)
    let whole = vectors.extent / n * n
    if whole > n {
      if !vectors.fed.isEmpty { out.line("GRADC_UNROLL_\(lanesVectorCount)") }
      out.line("for (int64_t i\(axis) = 0; i\(axis) < \(whole); i\(axis) += \(n)) {")
      out.indentation += 1
    } else if whole > 0 {
      beginVector(at: 0)
    } else {
      beginPart()
    }
    return position + 1
  }

  private mutating func beginVector(at place: Int) {
    out.line("{")
    out.indentation += 1
    out.line("const int64_t i\(vectors.axis) = \(place);")
  }

  private mutating func beginPart() {
    vectors.part = vectors.extent % vectors.laneCount
    beginVector(at: vectors.extent / vectors.laneCount * vectors.laneCount)
  }

  /// Ends a tile scope, or goes back for the elements that are left.
  mutating func endVectors(_ instruction: FlatKernel.Instruction, _ position: Int) -> Int {
    let isWhole = vectors.part == nil
    if isWhole { rotateLanes(by: 1) }
    endBlock()
    if isWhole, vectors.extent % vectors.laneCount != 0 {
      beginPart()
      return vectors.start + 1
    }
    let turns = vectors.extent / vectors.laneCount % lanesVectorCount
    if turns != 0 { rotateLanes(by: lanesVectorCount - turns) }
    vectors.part = nil
    vectors.fed = []
    return position + 1
  }

  // MARK: Lanes

  func laneName(_ accumulator: Int32, _ vector: Int) -> String { "lanes_\(number[Int(accumulator)])_\(vector)" }

  /// Lets every vector of lanes take the place of one before it.
  private mutating func rotateLanes(by distance: Int) {
    let count = lanesVectorCount
    for accumulator in vectors.fed where count > 1 {
      let type = vectorType(plan.info(accumulator).dtype)
      out.line("{")
      out.indentation += 1
      let copies = (0..<count).map { "r\($0) = \(laneName(accumulator, $0))" }
      out.line("const \(type) \(copies.joined(separator: ", "));")
      let moves = (0..<count).map { "\(laneName(accumulator, $0)) = r\(($0 + distance) % count);" }
      out.line(moves.joined(separator: " "))
      endBlock()
    }
  }

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
