public import GradC

/// A compiled workload with arrays for all that goes in and comes out, so that a call allocates nothing.
public struct PreparedWorkload {
  /// The workload.
  public let workload: Workload
  /// Its machine code.
  public let compiled: CompiledGraph
  /// The parameters that a step updates in place.
  private var state: [NDArray]
  private var inputs: [NDArray]
  private var written: [NDArray]

  /// A compiled workload with its inputs: one array for every parameter.
  ///
  /// - Throws: `Diagnostics` if there is no memory for results.
  public init(_ workload: Workload, _ compiled: CompiledGraph, inputs: [NDArray]) throws {
    self.workload = workload
    self.compiled = compiled
    let updates = compiled.updates
    state = updates.map { inputs[$0.parameter] }
    let updated = Set(updates.map(\.parameter))
    self.inputs = inputs.indices.filter { !updated.contains($0) }.map { inputs[$0] }
    let replaced = Set(updates.map(\.result))
    written = try compiled.results.indices.filter { !replaced.contains($0) }.map {
      try NDArray.zeros(compiled.results[$0].type.shape, dtype: compiled.results[$0].type.dtype)
    }
  }

  /// Computes the results; a step of training goes on from the one before.
  ///
  /// - Throws: `Diagnostics` if there is no memory for temporaries.
  public mutating func call() throws(Diagnostics) {
    if state.isEmpty {
      try compiled.call(inputs: inputs, into: &written)
    } else {
      try compiled.call(updating: &state, inputs: inputs, into: &written)
    }
  }

  /// What the last call gave, in the order of the results.
  public var outputs: [NDArray] {
    var rest = written.makeIterator()
    return compiled.results.indices.compactMap { position in
      guard let index = compiled.updates.firstIndex(where: { $0.result == position }) else { return rest.next() }
      return state[index]
    }
  }
}

extension Workload {
  /// Compiles and calls something small, so that the first workload does not pay for what a process does once: peers do the
  /// same before they are measured.
  ///
  /// - Throws: `Diagnostics` if nothing can be compiled.
  public static func warmUpProcess() throws {
    let sum = try trace("warm_up", .input("x", .f64, [3])) { x in (2 * x).sum() }
    _ = try sum.valueAndGrad { x in x }.compile()(ones([3], .f64))
  }

  /// Numbers for all parameters, distributed as those of the files.
  ///
  /// - Throws: `Diagnostic` if there is no memory.
  public func generatedInputs(for compiled: CompiledGraph, seed: UInt64 = 0) throws -> [NDArray] {
    var generator = RandomNumbers(seed: seed)
    return try zip(inputs, compiled.parameters).map { try $0.array(of: $1.type, from: &generator) }
  }

  /// The numbers of all parameters in the files below a folder.
  ///
  /// - Throws: `Diagnostic` if one can't be read or has the wrong number of elements.
  public func storedInputs(for compiled: CompiledGraph, in folder: String) throws -> [NDArray] {
    try zip(inputs, compiled.parameters).map { try $0.array(of: $1.type, in: folder) }
  }
}

/// How far results are from their references.
public struct ReferenceError: Sendable {
  /// `max |a - b| / max |b|`, for the result where it is largest.
  public private(set) var relative = 0.0
  /// The reference of that result.
  public private(set) var result = ""

  /// Compares all results of a workload's first call with the references below a folder.
  ///
  /// - Throws: `Diagnostic` if a reference can't be read or has another number of elements.
  public init(_ prepared: PreparedWorkload, in folder: String) throws {
    for (name, output) in zip(prepared.workload.results, prepared.outputs) {
      let reference = try NumberFile("\(prepared.workload.referenceFolder)/\(name)").array(in: folder)
      let (expected, found) = try (
        reference.cast(to: .f64).array(of: Double.self), output.cast(to: .f64).array(of: Double.self)
      )
      guard expected.count == found.count else {
        throw Diagnostic(
          "\(name) has \(expected.count) elements, the result of '\(prepared.workload.name)' \(found.count)")
      }
      let largest = expected.reduce(0) { max($0, abs($1)) }
      let difference = zip(expected, found).reduce(0) { $0 >= abs($1.0 - $1.1) ? $0 : abs($1.0 - $1.1) }
      let error = difference / (largest == 0 ? 1 : largest)
      // Also if it is no number.
      if !(error <= relative) { (relative, result) = (error, name) }
    }
  }
}
