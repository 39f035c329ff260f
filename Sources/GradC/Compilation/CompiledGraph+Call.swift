extension CompiledGraph {
  /// The function's value; of updates, which are computed in copies, the caller sees nothing.
  ///
  /// - Parameter inputs: One array for every parameter, in order.
  /// - Throws: `Diagnostics` if the number of inputs, a shape or a dtype does not fit, or there is no memory for the
  ///   results or temporaries.
  public func callAsFunction(_ inputs: [NDArray]) throws(Diagnostics) -> [NDArray] {
    var results = try makeResults()
    try call(inputs: inputs, into: &results)
    return results
  }

  /// Arrays for the results, their elements still to be written.
  ///
  /// - Throws: `Diagnostics` if there is no memory.
  public func makeResults() throws(Diagnostics) -> [NDArray] {
    var arrays: [NDArray] = []
    for result in results {
      do {
        arrays.append(try NDArray(uninitialized: result.type))
      } catch {
        throw Diagnostics(wrapping: error)
      }
    }
    return arrays
  }

  /// The function's value written into arrays that are there already. Allocates nothing, unless a result array shares
  /// its memory with a copy of it, such as an input: it then gets memory of its own, as always when an array is
  /// changed.
  ///
  /// - Parameters:
  ///   - inputs: One array for every parameter, in order.
  ///   - results: One array for every result, in order; overwritten. What updates a parameter is computed from a copy of
  ///     the input.
  /// - Throws: `Diagnostics` if the number, a shape or a dtype does not fit, arrays over memory of the caller's overlap, or
  ///   there is no memory for temporaries.
  public func call(inputs: [NDArray], into results: inout [NDArray]) throws(Diagnostics) {
    guard inputs.count == parameterCodes.count else { throw miscounted(inputs.count, parameters.count, "parameter") }
    guard results.count == resultCodes.count else { throw miscounted(results.count, self.results.count, "result") }
    // A call of a few numbers takes as long as what is done here, so arrays are gone through as seldom as can be.
    var isExternal = false
    for index in inputs.indices {
      try checkParameter(inputs[index], index)
      if inputs[index].isExternal { isExternal = true }
    }
    for index in results.indices {
      try checkResult(results[index], index)
      if results[index].isExternal { isExternal = true }
    }
    for index in results.indices { results[index].makeUniqueForOverwriting() }
    if isExternal { try checkOverlap(results, with: inputs, { self.results[$0].name }, { parameters[$0].name }) }
    let buffers = try workspaces.take()
    for update in updates { results[update.result].overwrite(with: inputs[update.parameter]) }
    for index in passed.indices {
      buffers[index] =
        switch passed[index] {
        case .input: inputs[index].uncheckedAddress
        case .updated(_, let result): results[result].uncheckedAddress
        }
    }
    for index in written.indices { buffers[passed.count + index] = results[written[index]].uncheckedAddress }
    try run(buffers)
  }

  /// One step: arrays that are updated in place, and results written into arrays that are there already. Allocates
  /// nothing, unless an array that is written shares its memory with a copy of it.
  ///
  /// - Parameters:
  ///   - state: One array for every parameter of ``updates``, in order; each becomes the result it is updated by.
  ///   - inputs: One array for every other parameter, in order.
  ///   - results: One array for every result that updates no parameter, in order; overwritten.
  /// - Throws: `Diagnostics` if the number, a shape or a dtype does not fit, arrays over memory of the caller's overlap, or
  ///   there is no memory for temporaries; nothing has been written then.
  public func call(
    updating state: inout [NDArray], inputs: [NDArray], into results: inout [NDArray]
  ) throws(Diagnostics) {
    guard state.count == updates.count else { throw miscounted(state.count, updates.count, "updated parameter") }
    for index in state.indices { try checkParameter(state[index], updates[index].parameter, "updated parameter") }
    let inputCount = parameters.count - updates.count
    guard inputs.count == inputCount else { throw miscounted(inputs.count, inputCount, "parameter") }
    for index in passed.indices {
      if case .input(let position) = passed[index] { try checkParameter(inputs[position], index) }
    }
    guard results.count == written.count else { throw miscounted(results.count, written.count, "result") }
    for index in results.indices { try checkResult(results[index], written[index]) }
    for index in state.indices { state[index].makeUnique() }
    for index in results.indices { results[index].makeUniqueForOverwriting() }
    try checkOverlap(state, with: inputs, { parameters[updates[$0].parameter].name }, { inputName($0) })
    try checkOverlap(results, with: inputs, { self.results[written[$0]].name }, { inputName($0) })
    try checkOverlap(
      results, with: state, { self.results[written[$0]].name }, { parameters[updates[$0].parameter].name })
    try run { buffers in
      for index in passed.indices {
        buffers[index] =
          switch passed[index] {
          case .input(let position): inputs[position].uncheckedAddress
          case .updated(let position, _): state[position].uncheckedAddress
          }
      }
      for index in results.indices { buffers[passed.count + index] = results[index].uncheckedAddress }
    }
  }

  /// The function's value for memory of the caller: no checks, no allocation. For callers that have checked once what
  /// they call often.
  ///
  /// - Parameters:
  ///   - inputs: The address of the row-major elements of every parameter; those of ``updates`` are written.
  ///   - results: The address to write the elements of every result to that updates no parameter. No two overlap, nor do
  ///     they overlap inputs; nor do updated inputs overlap others.
  /// - Throws: `Diagnostics` if there is no memory for temporaries, which is taken once for as many calls as run at once.
  public func callUnchecked(
    inputs: UnsafePointer<UnsafeRawPointer>, results: UnsafePointer<UnsafeMutableRawPointer>
  ) throws(Diagnostics) {
    let (parameterCount, resultCount) = (passed.count, written.count)
    try run { buffers in
      for index in 0..<parameterCount { buffers[index] = UnsafeMutableRawPointer(mutating: inputs[index]) }
      for index in 0..<resultCount { buffers[parameterCount + index] = results[index] }
    }
  }
}

extension CompiledGraph {
  @inline(__always)
  private func checkParameter(
    _ array: NDArray, _ index: Int, _ role: StaticString = "parameter"
  ) throws(Diagnostics) {
    let code = parameterCodes[index]
    if array.typeCode != code || !code.isExact { try check(array, parameters[index], role) }
  }

  @inline(__always)
  private func checkResult(_ array: NDArray, _ index: Int) throws(Diagnostics) {
    let code = resultCodes[index]
    if array.typeCode != code || !code.isExact { try check(array, results[index], "result") }
  }

  @inline(never)
  private func check(_ array: NDArray, _ port: Graph.Port, _ role: StaticString) throws(Diagnostics) {
    if array.tensorType == port.type { return }
    throw Diagnostics([
      Diagnostic("\(role) '\(port.name)' of '\(name)' must be \(port.type), not \(array.tensorType)")
    ])
  }

  private func miscounted(_ count: Int, _ expected: Int, _ role: StaticString) -> Diagnostics {
    Diagnostics([Diagnostic("'\(name)' has \(expected) \(role)s, not \(count)")])
  }

  /// The name of an input by its position among those that are only read.
  private func inputName(_ position: Int) -> String {
    let index = passed.firstIndex { if case .input(position) = $0 { true } else { false } }
    return index.map { parameters[$0].name } ?? ""
  }

  /// That what is written overlaps neither each other nor `others`. Arrays that own their memory never do once they are
  /// unique; those over memory of the caller's may.
  private func checkOverlap(
    _ written: [NDArray], with others: [NDArray], _ name: (Int) -> String, _ otherName: (Int) -> String
  ) throws(Diagnostics) {
    guard holdsExternalMemory(written) || holdsExternalMemory(others) else { return }
    for index in written.indices {
      for other in written.indices where other < index && written[index].overlaps(written[other]) {
        throw overlap(name(index), name(other), "write one of them elsewhere")
      }
      for other in others.indices where written[index].overlaps(others[other]) {
        throw overlap(
          name(index), otherName(other), "to write in place what is read, declare it with compile(updating:)")
      }
    }
  }

  // A loop, as `contains` allocates in debug builds.
  private func holdsExternalMemory(_ arrays: [NDArray]) -> Bool {
    for index in arrays.indices where arrays[index].isExternal { return true }
    return false
  }

  private func overlap(_ one: String, _ other: String, _ advice: String) -> Diagnostics {
    Diagnostics([Diagnostic("the memory of '\(one)' and '\(other)' of '\(name)' overlaps; \(advice)")])
  }
}

extension NDArray {
  /// Takes memory of its own, with undefined content, if other arrays share it.
  fileprivate mutating func makeUniqueForOverwriting() {
    if isKnownUniquelyReferenced(&storage) { return }
    storage = NDArrayStorage(byteCount: storage.byteCount) ?? NDArrayStorage(copying: storage.bytes)
  }

  /// Takes the elements of an array of the same type.
  fileprivate mutating func overwrite(with other: NDArray) {
    mutableAddress().copyMemory(from: other.address, byteCount: byteCount)
  }

  fileprivate func overlaps(_ other: NDArray) -> Bool {
    let (start, otherStart) = (UInt(bitPattern: address), UInt(bitPattern: other.address))
    return start < otherStart + UInt(other.byteCount) && otherStart < start + UInt(byteCount)
  }
}
