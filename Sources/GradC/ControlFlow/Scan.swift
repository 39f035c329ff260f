internal import TensorIR
internal import TensorOps

/// What a loop leaves: its last carry, and what its body gave at every step, stacked along a new axis 0.
public struct ScanResult<Carry: TensorStructure, Output: TensorStructure>: TensorStructure {
  /// The carry after the last step.
  public var carry: Carry
  /// The outputs of all steps, time being axis 0.
  public var outputs: Output

  /// A carry and stacked outputs.
  public init(carry: Carry, outputs: Output) {
    self.carry = carry
    self.outputs = outputs
  }

  /// Visits `carry` and `outputs`.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("carry", &carry)
    visitor.visit("outputs", &outputs)
  }
}

/// A loop over the rows of tensors: `(c, yₜ) = body(c, xₜ)` for t = 0, 1, …, with the results c and y = (y₀, y₁, …).
///
/// It is a loop in C too, never unrolled, and is differentiated as a loop: forward mode carries tangents along, reverse
/// mode keeps what it needs of every step in tensors of a planned size and runs backwards over them. Tensors of the trace
/// around may be used in the body.
///
/// - Parameters:
///   - initial: The first carry, of any structure of any dtypes. A number takes the dtype that the body gives back.
///   - elements: Tensors whose axis 0 is time, of one length.
///   - reversed: Whether time runs from the last row to the first; yₜ still stands beside xₜ.
///   - checkpoints: What reverse mode keeps.
///   - body: Gives the next carry, of the shapes and dtypes of the first, and this step's output.
/// - Returns: The last carry, and stacked outputs; poison if lengths, shapes or dtypes do not fit.
public func scan<Carry: TensorStructure, Element: TensorStructure, Output: TensorStructure>(
  _ initial: Carry, over elements: Element, reversed: Bool = false, checkpoints: Checkpoints = .everyStep,
  file: String = #fileID, line: Int = #line, body: (Carry, Element) throws -> (Carry, Output)
) rethrows -> ScanResult<Carry, Output> {
  try Loop(
    operation: "scan", initial: initial, elements: elements, length: nil, isReversed: reversed,
    checkpoints: checkpoints, location: SourceLocation(file: file, line: line)
  ).run(body)
}

/// A loop of a known number of steps: `c = body(i, c)` for every i in a range, in order.
///
/// - Parameters:
///   - range: The values of the index, an `i64` scalar in the body.
///   - initial: The first carry.
///   - body: Gives the next carry, of the shapes and dtypes of the first.
/// - Returns: The last carry; poison if shapes or dtypes do not fit. Derivatives are those of ``scan(_:over:reversed:checkpoints:file:line:body:)``.
public func fori<Carry: TensorStructure>(
  _ range: Range<Int>, _ initial: Carry, checkpoints: Checkpoints = .everyStep, file: String = #fileID,
  line: Int = #line, body: (Tensor, Carry) throws -> Carry
) rethrows -> Carry {
  let location = SourceLocation(file: file, line: line)
  let (count, overflow) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
  let first =
    overflow
    ? Tensor.faulty("fori: the range \(range) is too long", at: location)
    : zeros([], .i64) + Tensor(range.lowerBound)
  return try Loop(
    operation: "fori", initial: Counted(index: first, carry: initial), elements: [Tensor](),
    length: overflow ? 0 : count, isReversed: false, checkpoints: checkpoints, location: location
  ).run { counted, _ in
    let next = try body(counted.index, counted.carry)
    return (Counted(index: counted.index + 1, carry: next), [Tensor]())
  }.carry.carry
}

/// A carry, and the index of the step: counted, so that a long loop needs no memory for its indices.
private struct Counted<Carry: TensorStructure>: TensorStructure {
  var index: Tensor
  var carry: Carry

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    index.visitTensors(&visitor)
    // Its tensors have the names that the user gave them.
    carry.visitTensors(&visitor)
  }
}

/// One loop over rows while its body is recorded.
private struct Loop<Carry: TensorStructure, Element: TensorStructure> {
  let operation: String
  let initial: Carry
  let elements: Element
  let length: Int?
  let isReversed: Bool
  let checkpoints: Checkpoints
  let location: SourceLocation

  func run<Output: TensorStructure>(
    _ body: (Carry, Element) throws -> (Carry, Output)
  ) rethrows -> ScanResult<Carry, Output> {
    let (carries, stacks) = (initial.tensors, elements.tensors)
    return try Region.record(operation, carries + stacks, at: location) { region in
      var literals = carries.map { $0.type?.dtype }
      // A trial with numbers as they are tells which dtypes they take.
      var isTrial = carries.contains { $0.isLiteral }
      while true {
        let start = self.start(region, literals)
        var given = start.parameters
        if isTrial { for index in carries.indices where carries[index].isLiteral { given[index] = carries[index] } }
        var rest = given[...]
        let (next, output) = try body(initial.filled(from: &rest), elements.filled(from: &rest))
        if isTrial {
          literals = region.adopted(literals, next.tensors, carries)
          isTrial = false
          continue
        }
        let results = finish(region, start, next.tensors, output.tensors)
        var all = results[...]
        return ScanResult(carry: initial.filled(from: &all), outputs: output.filled(from: &all))
      }
    }
  }

  /// The operands, and the parameters of the body; poison and nothing if they do not fit.
  private struct Start {
    var operands: [Value] = []
    var parameters: [Tensor]
    var values: [Value] = []
    var length = 0
  }

  private func start(_ region: Region, _ literals: [DType?]) -> Start {
    let (carries, stacks) = (initial.tensors, elements.tensors)
    do throws(Diagnostic) {
      let operands = try region.values(carries + stacks, literals: literals + stacks.map { $0.type?.dtype })
      let types = region.types(of: operands)
      guard !stacks.isEmpty || length != nil else { throw Diagnostic("there is nothing to loop over") }
      let count = length ?? types[carries.count].shape.extents.first ?? 0
      for type in types[carries.count...] {
        guard let extent = type.shape.extents.first else {
          throw Diagnostic("loops over rows along axis 0, but \(type) is a scalar")
        }
        guard extent == count else {
          throw Diagnostic("loops over tensors of one length, but these have \(count) and \(extent) rows")
        }
      }
      let rows = types[carries.count...].map { $0.with($0.shape.removing([0])) }
      let (tensors, values, _) = region.parameters(types[..<carries.count] + rows)
      return Start(operands: operands, parameters: tensors, values: values, length: count)
    } catch {
      let poison = region.fault(error)
      return Start(parameters: (carries + stacks).map { _ in poison })
    }
  }

  private func finish(_ region: Region, _ start: Start, _ next: [Tensor], _ outputs: [Tensor]) -> [Tensor] {
    if start.operands.isEmpty, let poison = start.parameters.first { return [poison] }
    let carryCount = initial.tensors.count
    do throws(Diagnostic) {
      let types = region.types(of: start.values)
      let values = try region.carried(next, outputs, from: Array(types[..<carryCount]), initial.tensorNames)
      return region.emit { builder in
        let (function, captures) = try builder.extract(values, from: start.values)
        let scan = Scan(
          body: function.renamedPositionally(region.operation), length: start.length, carryCount: carryCount,
          stackCount: start.values.count - carryCount, isReversed: isReversed)
        return builder.emit(try checkpoints.applied(to: scan).op, start.operands + captures)
      }
    } catch {
      return [region.fault(error)]
    }
  }
}

extension Tensor {
  /// Whether it is a number that takes the dtype of what it meets.
  var isLiteral: Bool {
    if case .literal = storage { true } else { false }
  }

  /// The dtypes of tensors that are given together: numbers take that of the others, if they can.
  static func dtypesMeeting(_ tensors: [Tensor]) -> [DType?] {
    let common = commonDType(tensors)
    return tensors.map { tensor in
      guard case .literal(let literal) = tensor.storage, let common, (try? literal.adopting(common)) != nil else {
        return tensor.type?.dtype
      }
      return common
    }
  }
}

extension Region {
  func types(of values: [Value]) -> [TensorType] {
    trace.withBuilder(at: location) { builder in values.map { builder.type(of: $0) } } ?? []
  }

  /// The dtypes of a first carry, where those of numbers are what the body gives back for them.
  func adopted(_ literals: [DType?], _ next: [Tensor], _ initial: [Tensor]) -> [DType?] {
    guard next.count == initial.count, literals.count == initial.count else { return literals }
    return initial.indices.map { index in
      initial[index].isLiteral && !next[index].isLiteral ? next[index].type?.dtype ?? literals[index] : literals[index]
    }
  }

  /// The values of the next carry, which must be of the types of the first, and of outputs.
  func carried(
    _ next: [Tensor], _ outputs: [Tensor], from types: [TensorType], _ names: [String]
  ) throws(Diagnostic) -> [Value] {
    guard next.count == types.count else {
      throw Diagnostic("the body gives \(next.count) tensors as carry, which starts with \(types.count)")
    }
    let values = try self.values(
      next + outputs, literals: types.map(\.dtype) + outputs.map { $0.type?.dtype })
    for (index, (type, found)) in zip(types, self.types(of: Array(values[..<next.count]))).enumerated()
    where type != found {
      let name = names.indices.contains(index) && !names[index].isEmpty ? " '\(names[index])'" : ""
      throw Diagnostic("the body gives \(found) as carry\(name), which starts as \(type)")
    }
    return values
  }
}

extension Function {
  /// The function under a name, with names of parameters and results that tell no more than their places, so that equal
  /// bodies are one.
  func renamedPositionally(_ name: String) -> Function {
    var copy = renamed(
      parameters: parameters.indices.map { "x\($0)" }, results: results.indices.map { "y\($0)" })
    copy.name = name
    return copy
  }
}
