public import GradC

/// A function with numbers to call it with.
public struct Problem: Sendable {
  /// What is written as JSON.
  public typealias Output = any Encodable & Sendable

  /// An array for every parameter.
  public let inputs: [NDArray]
  /// The program that is to be compiled.
  public let graph: Graph
  private let makeOutput: @Sendable ([NDArray]) throws -> Output

  /// A function that is answered by its first result.
  init(_ inputs: [NDArray], _ graph: Graph) { self.init(inputs, graph) { JSONArray($0[0]) } }

  /// A function whose answer is made of its results.
  init(_ inputs: [NDArray], _ graph: Graph, output: @escaping @Sendable ([NDArray]) throws -> Output) {
    self.inputs = inputs
    self.graph = graph
    makeOutput = output
  }

  /// The answer made of results.
  ///
  /// - Throws: `Diagnostic` if there is no memory.
  public func output(_ results: [NDArray]) throws -> Output { try makeOutput(results) }
}

/// An array that is written as nested lists of numbers.
struct JSONArray: Encodable, Sendable {
  let numbers: ArraySlice<Double>
  let extents: ArraySlice<Int>

  init(_ array: NDArray) {
    numbers = ((try? array.cast(to: .f64).array(of: Double.self)) ?? [])[...]
    extents = array.shape.extents[...]
  }

  private init(_ numbers: ArraySlice<Double>, _ extents: ArraySlice<Int>) {
    (self.numbers, self.extents) = (numbers, extents)
  }

  func encode(to encoder: any Encoder) throws {
    guard let count = extents.first else {
      try numbers.first.encode(to: encoder)
      return
    }
    let rest = extents.dropFirst()
    if rest.isEmpty { return try Array(numbers).encode(to: encoder) }
    let width = rest.reduce(1, *)
    var container = encoder.unkeyedContainer()
    for row in 0..<count {
      try container.encode(JSONArray(numbers.dropFirst(row * width).prefix(width), rest))
    }
  }
}

/// Numbers of a list of lists, which must have a shape.
///
/// - Throws: `Diagnostic` if it has another.
func matrix(_ name: String, _ rows: [[Double]], _ rowCount: Int, _ columnCount: Int) throws(Diagnostic) -> NDArray {
  guard rows.count == rowCount, rows.allSatisfy({ $0.count == columnCount }) else {
    throw Diagnostic("'\(name)' is not \(rowCount) lists of \(columnCount) numbers")
  }
  return try NDArray(rows.flatMap { $0 }, shape: [rowCount, columnCount])
}

/// Numbers of a list, which must be so long.
///
/// - Throws: `Diagnostic` if it is not.
func vector(_ name: String, _ numbers: [Double], _ count: Int) throws(Diagnostic) -> NDArray {
  guard numbers.count == count else { throw Diagnostic("'\(name)' has \(numbers.count) numbers, not \(count)") }
  return NDArray(numbers)
}

/// That a size of the input can be one.
///
/// - Throws: `Diagnostic` if it can't.
func checkSize(_ name: String, _ size: Int, _ range: ClosedRange<Int>) throws(Diagnostic) {
  if !range.contains(size) {
    throw Diagnostic("'\(name)' is \(size), not from \(range.lowerBound) to \(range.upperBound)")
  }
}

/// That a list has something in it.
///
/// - Throws: `Diagnostic` if it has not.
func checkCount(_ name: String, _ list: [some Any]) throws(Diagnostic) {
  if list.isEmpty { throw Diagnostic("'\(name)' is empty") }
}
