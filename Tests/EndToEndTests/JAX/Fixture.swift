import Basics
import Foundation
import TensorIR
import TensorOps

/// A program with what JAX says of it.
///
/// A file has one after the other, each a line `== name`, comments, the program as tensor IR, and then lines of a word
/// and what belongs to it. Numbers are in row-major order, a line for every tensor:
///
///     point      the arguments
///     wrt        the parameters to differentiate by, if not all floating ones
///     tangent    u, one for each of these
///     cotangent  c, one for every floating result
///     value      y, all results
///     jvp        ∂y/∂x · u
///     vjp        cᵀ · ∂y/∂x
///     hvp        ∂/∂x (cᵀ · ∂y/∂x) · u, the Hessian of cᵀ y times u
///     hessian    ∂²y/∂xᵢ∂xⱼ for all i and in these all j
///
///     compare    elementwise or exactly, where the largest number of a tensor is not to excuse errors of small ones
///     tolerance  a quantity or `all`, a number, and why the usual one does not do
///     differs    quantities, and why JAX's are not the right ones: these are above, and JAX's own, as `jax_…`, below
struct Fixture {
  enum Quantity: String, CaseIterable { case value, jvp, vjp, hvp, hessian }

  enum Comparison: String {
    /// Errors are relative to the largest number of the tensor.
    case tensor
    /// Errors are relative to the number itself.
    case elementwise
    /// As above, and signs of zeros count.
    case exactly
  }

  let name: String
  let function: Function
  let point: [ReferenceTensor]
  let wrt: [Int]
  let tangents: [ReferenceTensor]
  let cotangents: [ReferenceTensor]
  let expected: [Quantity: [ReferenceTensor]]
  let comparison: Comparison
  private let tolerances: [(quantities: String, number: Double, reason: String)]
  /// Whether JAX's own numbers are others.
  private let isDifferent: Bool

  /// Whether it is one of the exceptions that `docs/differences-from-jax.md` lists.
  var isException: Bool { isDifferent || !tolerances.isEmpty }

  var isSingle: Bool { function.parameterTypes.contains { $0.dtype == .f32 } }

  /// The greatest error there may be.
  func tolerance(_ quantity: Quantity) -> Double {
    let exception = tolerances.first { $0.quantities == "all" || $0.quantities.contains(quantity.rawValue) }
    return exception?.number ?? (isSingle ? 1e-5 : 1e-12)
  }
}

extension Fixture {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/JAX")

  private static let keys = Set(
    Quantity.allCases.map(\.rawValue)
      + ["point", "wrt", "tangent", "cotangent", "compare", "tolerance", "differs"])

  static var topics: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
  }

  static func all(in topic: String) throws -> [Fixture] {
    let text = try String(contentsOf: folder.appending(path: "\(topic).txt"), encoding: .utf8)
    var blocks: [[Substring]] = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("== ") {
        blocks.append([line.dropFirst(3)])
      } else if !blocks.isEmpty {
        blocks[blocks.count - 1].append(line)
      }
    }
    return try blocks.map { try Fixture($0, topic: topic) }
  }

  private init(_ lines: [Substring], topic: String) throws {
    let name = String(lines[0])
    self.name = name
    guard let end = lines.firstIndex(of: "}") else { throw Diagnostic("fixture \(name) has no program") }
    let text = lines[1...end].joined(separator: "\n")
    guard let function = try Module(parsing: text, file: "\(topic).\(name)", ops: OpRegistry.make).main else {
      throw Diagnostic("fixture \(name) has no program")
    }
    self.function = function

    var fields: [String: [Substring]] = [:]
    for line in lines[(end + 1)...] {
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      fields[String(parts[0]), default: []].append(parts.count > 1 ? parts[1] : "")
    }
    if let unknown = fields.keys.first(where: { !Fixture.keys.contains($0) && !$0.hasPrefix("jax_") }) {
      throw Diagnostic("fixture \(name) has an unknown '\(unknown)'")
    }
    func tensors(_ key: String, _ types: [TensorType]) throws -> [ReferenceTensor] {
      let found = fields[key] ?? []
      guard found.count == types.count else {
        throw Diagnostic("fixture \(name) has \(found.count) of '\(key)', not \(types.count)")
      }
      return try zip(types, found).map { try ReferenceTensor(words: $1.split(separator: " "), type: $0, of: name) }
    }
    let floating = function.parameterTypes.indices.filter { function.parameterTypes[$0].dtype.isFloating }
    let wrt = try fields["wrt"].map { try $0[0].split(separator: " ").map { try integer($0, of: name) } } ?? floating
    let moving = wrt.map { function.parameterTypes[$0] }
    let moved = function.resultTypes.filter(\.dtype.isFloating)
    point = try tensors("point", function.parameterTypes)
    let isDifferentiated = fields["tangent"] != nil
    self.wrt = isDifferentiated ? wrt : []
    tangents = isDifferentiated ? try tensors("tangent", moving) : []
    cotangents = isDifferentiated ? try tensors("cotangent", moved) : []
    var expected = [Quantity.value: try tensors("value", function.resultTypes)]
    for (quantity, types) in [(Quantity.jvp, moved), (.vjp, moving), (.hvp, moving)]
    where fields[quantity.rawValue] != nil {
      expected[quantity] = try tensors(quantity.rawValue, types)
    }
    if fields["hessian"] != nil {
      expected[.hessian] = try tensors(
        "hessian", moving.flatMap { row in moving.map { row.with(row.shape.appending($0.shape)) } })
    }
    self.expected = expected
    comparison =
      try fields["compare"].map { lines in
        guard let comparison = Comparison(rawValue: String(lines[0])) else {
          throw Diagnostic("fixture \(name) can't compare '\(lines[0])'")
        }
        return comparison
      } ?? .tensor
    isDifferent = fields["differs"] != nil
    tolerances = try (fields["tolerance"] ?? []).map { line in
      let parts = line.split(separator: " ", maxSplits: 2)
      guard parts.count == 3, let number = Double(parts[1]) else {
        throw Diagnostic("fixture \(name) needs quantities, a number and a reason, not '\(line)'")
      }
      return (String(parts[0]), number, String(parts[2]))
    }
  }
}

private func integer(_ word: Substring, of name: String) throws -> Int {
  guard let number = Int(word) else { throw Diagnostic("fixture \(name) has '\(word)' for an integer") }
  return number
}

extension ReferenceTensor {
  fileprivate init(words: [Substring], type: TensorType, of name: String) throws {
    guard words.count == type.elementCount else {
      throw Diagnostic("fixture \(name) has \(words.count) numbers for \(type)")
    }
    func numbers<T>(_ parse: (Substring) -> T?) throws -> [T] {
      try words.map { word in
        guard let number = parse(word) else { throw Diagnostic("fixture \(name) has '\(word)' for a number") }
        return number
      }
    }
    switch type.dtype {
    case .f64: self.init(floating: try numbers { Double($0) }, type: type)
    case .f32: self.init(floating: try numbers { Float($0) }.map { Double($0) }, type: type)
    default: self.init(integer: try numbers { Int64($0) }, type: type)
    }
  }
}
