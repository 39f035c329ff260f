internal import TensorIR
internal import TensorOps

/// Where random numbers come from: 64 bits, from which as many independent streams as wanted are derived.
///
/// The same key always gives the same numbers, on every machine, inside traces and outside: they are functions of the key
/// (Threefry-2x32 with 20 rounds; Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011). Use
/// a key once, and ``child(_:file:line:)`` or ``split(_:file:line:)`` for everything else.
///
/// A key is a tensor, so that it may be an input of a function, the state of a loop, or one of a stack that ``vmap`` goes
/// over: ten thousand keys are `key.children(10_000)`.
public struct RandomKey: TensorStructure {
  /// Two words of dtype `i32`, the upper one first.
  public var words: Tensor

  /// The key of a seed.
  public init(seed: UInt64) {
    words = Tensor(integers: [Int(Int32(truncatingIfNeeded: seed >> 32)), Int(Int32(truncatingIfNeeded: seed))])
  }

  /// The key of two words, a tensor of type `i32[2]`.
  public init(_ words: Tensor) { self.words = words }

  /// A placeholder of a key that is an input of a function.
  public static func input(_ name: String, file: String = #fileID, line: Int = #line) -> RandomKey {
    RandomKey(.input(name, .i32, [2], file: file, line: line))
  }

  /// Visits the words.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) { visitor.visit("words", &words) }
}

extension RandomKey {
  /// A key whose numbers have nothing to do with this one's, nor with those of its other children.
  public func child(_ index: Int, file: String = #fileID, line: Int = #line) -> RandomKey {
    RandomKey(
      key("child", file, line) { term in
        term.foldedKey(term.builder.splat(Scalar(Int64(index), as: .i64), .scalar))
      })
  }

  /// The same with a number that is computed: a scalar of `i32` or `i64`.
  public func child(_ index: Tensor, file: String = #fileID, line: Int = #line) -> RandomKey {
    RandomKey(
      Tensor.record("child", [words, index], at: SourceLocation(file: file, line: line)) {
        (recorder, terms) throws(Diagnostic) in
        try recorder.requireKey(terms[0])
        try recorder.requireInteger(terms[1], "the number of a child")
        guard terms[1].type.rank == 0 else {
          throw recorder.fault("the number of a child must be a scalar, not \(terms[1].type)")
        }
        return terms[0].foldedKey(terms[1])
      })
  }

  /// The words of the children 0, 1, 2, …: a tensor of type `i32[count,2]`.
  public func children(_ count: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    guard count >= 0, count <= Int.max / 64 else {
      return .faulty("children: \(count) keys can't be", at: SourceLocation(file: file, line: line))
    }
    return key("children", file, line) { term in
      term.foldedKey(term.builder.iota(TensorType(.i64, [count]), axis: 0))
    }
  }

  /// The children 0, 1, 2, ….
  public func split(_ count: Int = 2, file: String = #fileID, line: Int = #line) -> [RandomKey] {
    (0..<max(count, 0)).map { child($0, file: file, line: line) }
  }

  /// An operation on the words alone.
  func key(_ operation: String, _ file: String, _ line: Int, _ body: (Term) -> Term) -> Tensor {
    Tensor.record(operation, [words], at: SourceLocation(file: file, line: line)) {
      (recorder, terms) throws(Diagnostic) in
      try recorder.requireKey(terms[0])
      return body(terms[0])
    }
  }
}

extension Recorder {
  func requireKey(_ term: Term) throws(Diagnostic) {
    guard term.type == TensorType(.i32, [2]) else {
      throw fault("a key has two words, i32[2], not \(term.type); vmap goes over a stack of keys")
    }
  }
}
