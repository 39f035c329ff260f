internal import TensorIR
internal import TensorOps

/// What reverse mode keeps of the steps of a loop.
public enum Checkpoints: Sendable, Hashable {
  /// What it needs of every step: memory for n steps, no step computed twice.
  case everyStep
  /// The carry of every k-th step, and what it needs of k steps at a time: memory for n / k + k steps, every step
  /// computed twice.
  case every(Int)
  /// So many carries at a time, others being computed again from them with the fewest steps: memory for `checkpoints`
  /// carries and what it needs of one step. Where C(c + r, c) ≥ n for c checkpoints and n steps, no step is computed more
  /// than r times again (Griewank & Walther, "Algorithm 799: Revolve", ACM TOMS 26, 2000).
  case binomial(checkpoints: Int)
  /// `binomial` with ⌈log₂ n⌉ checkpoints: memory grows as the logarithm of n, and so do, half as fast, repetitions; for
  /// 1,000 steps there are 10 carries, and no step is computed more than 4 times again, for 1,000,000 there are 20 and 8.
  case logarithmic
}

extension Checkpoints {
  /// The loop with its checkpoints.
  func applied(to scan: Scan) throws(Diagnostics) -> ControlFlow {
    switch self {
    case .everyStep: return .scan(scan)
    case .every(let count):
      guard count > 0 else {
        throw Diagnostics([Diagnostic("checkpoints every \(count) steps can't be")])
      }
      return try scan.length <= count ? .scan(scan) : .call(scan.split(parts: (scan.length + count - 1) / count))
    case .binomial(let checkpoints):
      guard checkpoints > 0 else {
        throw Diagnostics([Diagnostic("a loop can't have \(checkpoints) checkpoints; it needs at least one")])
      }
      var scan = scan
      scan.checkpointCount = checkpoints
      return .scan(scan)
    case .logarithmic:
      let count = Int.bitWidth - max(scan.length - 1, 1).leadingZeroBitCount
      return try Checkpoints.binomial(checkpoints: count).applied(to: scan)
    }
  }
}

extension Scan {
  /// The scan as a scan over `parts` equal pieces, each a checkpoint, and one over the steps that are left.
  fileprivate func split(parts: Int) throws(Diagnostics) -> Call {
    let size = length / parts
    let rest = length - size * parts
    var piece = self
    piece.length = size
    let builder = FunctionBuilder()
    let types = try stackedTypes()
    let operands = types.enumerated().map { Term(builder, builder.parameter("x\($0.offset)", $0.element)) }
    // The pieces come first in time.
    let (first, second) = isReversed ? (rest..<length, 0..<rest) : (0..<size * parts, size * parts..<length)
    func rows(_ term: Term, _ range: Range<Int>) -> Term { term.sliced(axis: 0, range) }

    let pieceBuilder = FunctionBuilder()
    var pieceTypes = types
    for index in stacks { pieceTypes[index] = body.parameterTypes[index].stacked(size) }
    let inputs = pieceTypes.enumerated().map { pieceBuilder.parameter("x\($0.offset)", $0.element) }
    let outputs = pieceBuilder.emit(piece, inputs)
    let pieceFunction = try pieceBuilder.finish(
      name: body.name, results: outputs.enumerated().map { .init("y\($0.offset)", $0.element) })
    let checkpoint = try Function.calling(Call(pieceFunction, isCheckpoint: true), pieceTypes)
    let outer = Scan(
      body: checkpoint, length: parts, carryCount: carryCount, stackCount: stackCount, isReversed: isReversed)
    let grouped = operands.enumerated().map { index, operand in
      guard stacks.contains(index) else { return operand }
      let row = body.parameterTypes[index].shape.extents
      return rows(operand, first).reshaped(to: Shape([parts, size] + row))
    }
    var results = builder.apply(outer, grouped)
    for index in carryCount..<results.count {
      results[index] = results[index].reshaped(to: body.resultTypes[index].stacked(size * parts).shape)
    }
    if rest > 0 {
      var last = self
      last.length = rest
      let remaining = operands.enumerated().map { index, operand in
        index < carryCount ? results[index] : stacks.contains(index) ? rows(operand, second) : operand
      }
      let ended = builder.apply(last, remaining)
      for index in results.indices {
        results[index] =
          index < carryCount
          ? ended[index]
          : builder.concat(isReversed ? [ended[index], results[index]] : [results[index], ended[index]], axis: 0)
      }
    }
    let function = try builder.finish(
      name: body.name, results: results.enumerated().map { .init("y\($0.offset)", $0.element.value) })
    return Call(function, isCheckpoint: false)
  }

  private func stackedTypes() throws(Diagnostics) -> [TensorType] {
    body.parameterTypes.enumerated().map { stacks.contains($0) ? $1.stacked(length) : $1 }
  }
}

extension TensorType {
  fileprivate func stacked(_ count: Int) -> TensorType { with(shape.inserting(count, at: 0)) }
}

extension Function {
  /// A function that is one op.
  fileprivate static func calling(_ op: any Op, _ types: [TensorType]) throws(Diagnostics) -> Function {
    let builder = FunctionBuilder()
    let inputs = types.enumerated().map { builder.parameter("x\($0.offset)", $0.element) }
    let outputs = builder.emit(op, inputs)
    return try builder.finish(
      name: op.name, results: outputs.enumerated().map { .init("y\($0.offset)", $0.element) })
  }
}

/// The result of a closure, of which reverse mode keeps the operands alone: it computes the rest again when it needs it.
///
/// Costs the closure's time once more and saves the memory of all values in between. Derivatives do not change.
///
/// - Parameters:
///   - x: What the closure is given; it may use other tensors of the trace too.
///   - body: What is computed.
public func checkpoint<Input: TensorStructure, Output: TensorStructure>(
  _ x: Input, file: String = #fileID, line: Int = #line, _ body: (Input) throws -> Output
) rethrows -> Output {
  let location = SourceLocation(file: file, line: line)
  return try Region.record("checkpoint", x.tensors, at: location) { region in
    try region.call(x, body) { function in Call(function, isCheckpoint: true) }
  }
}

extension Region {
  /// Records a closure as a function, and an op made of it.
  func call<Input: TensorStructure, Output: TensorStructure>(
    _ x: Input, _ body: (Input) throws -> Output, _ makeOp: (Function) throws -> any Op
  ) rethrows -> Output {
    let inputs = x.tensors
    let operands: [Value]
    do throws(Diagnostic) {
      operands = try values(inputs, literals: Tensor.dtypesMeeting(inputs))
    } catch {
      let poison = fault(error)
      return try body(x.mapTensors { _ in poison }).mapTensors { _ in poison }
    }
    let (tensors, parameters, _) = self.parameters(types(of: operands))
    var rest = tensors[...]
    let output = try body(x.filled(from: &rest))
    let outputs = output.tensors
    let results: [Tensor]
    do throws(Diagnostic) {
      let values = try self.values(outputs, literals: outputs.map { $0.type?.dtype })
      results = emit { builder in
        let (function, captures) = try builder.extract(values, from: parameters)
        return builder.emit(try makeOp(function.renamedPositionally(operation)), operands + captures)
      }
    } catch {
      results = [fault(error)]
    }
    var all = results[...]
    return output.filled(from: &all)
  }
}
