import Basics

extension ProgramVerifier {
  mutating func check(_ call: LibraryCall, _ scope: MovingScope) {
    let definition = call.routine.definition
    guard definition.dtypes.contains(call.dtype) else {
      return fail(27, "\(definition.name) of \(call.dtype)")
    }
    guard areInRange(call.routine) else {
      return fail(27, "\(definition.name) with parameters \(call.routine.parameters)")
    }
    if let chunk = call.chunk, chunk < 1 { return fail(31, "\(definition.name) has chunks of \(chunk)") }
    if call.batchCount < 0 { return fail(27, "\(definition.name) has a negative batch") }
    let inputs = call.routine.inputs(call.dtype)
    let outputs = call.routine.outputs(call.dtype)
    guard inputs.count == call.inputs.count, outputs.count == call.outputs.count else {
      return fail(
        27, "\(definition.name) has \(call.inputs.count) inputs and \(call.outputs.count) outputs")
    }
    let read = zip(inputs, call.inputs).map { span($0, $1, call, scope, isWritten: false) }
    var written = zip(outputs, call.outputs).map { span($0, $1, call, scope, isWritten: true) }
    if read.contains(where: { $0 == nil }) || written.contains(where: { $0 == nil }) { return }
    written.append(workspace(call))
    for (position, span) in written.enumerated() {
      for other in read + written[..<position] {
        if let span, let other, other.overlaps(span) {
          return fail(28, "arguments of \(definition.name) share memory that it writes")
        }
      }
    }
  }

  private func areInRange(_ routine: LibraryRoutine) -> Bool {
    let definition = routine.definition
    guard routine.parameters.count == definition.parameters.count else { return false }
    return zip(definition.parameters, routine.parameters).allSatisfy { parameter, value in
      switch parameter {
      case .extent: 0...Int(Int32.max) ~= value
      case .flag: 0...1 ~= value
      }
    }
  }

  /// The bytes that the slices of an argument span and the array they are in; `nil` after a failure.
  private mutating func span(
    _ expected: LibraryArgument, _ argument: LibraryCall.Argument, _ call: LibraryCall, _ scope: MovingScope,
    isWritten: Bool
  ) -> MemorySpan? {
    let name = "\(expected.name) of \(call.routine.definition.name)"
    guard program.buffers.indices.contains(argument.buffer) else {
      fail(27, "\(name) is buffer #\(argument.buffer), which does not exist")
      return nil
    }
    checkUse(argument.buffer, scope)
    let buffer = program.buffers[argument.buffer]
    guard buffer.type.dtype == expected.type.dtype else {
      fail(27, "\(name) is \(buffer.type), not of \(expected.type.dtype)")
      return nil
    }
    if isWritten, !isWritable[argument.buffer] {
      fail(28, "\(name) is buffer #\(argument.buffer), which can't be written")
      return nil
    }
    guard let count = expected.type.shape.checkedElementCount else {
      fail(27, "\(name) has shape \(expected.type.shape)")
      return nil
    }
    if count == 0 || call.batchCount == 0 { return MemorySpan(0..<0, of: argument.buffer, in: program, loops) }
    if isWritten, call.batchCount > 1, argument.batchStride < count {
      fail(28, "slices of \(name) have \(count) elements and are \(argument.batchStride) apart")
      return nil
    }
    var bounds = IndexBounds(argument.offset)
    bounds.add(1, upTo: count - 1)
    bounds.add(argument.batchStride, upTo: call.batchCount - 1)
    guard bounds.areInside(buffer.type.elementCount) else {
      fail(27, "\(name) reaches from \(bounds.low) to \(bounds.high) in \(buffer.type)")
      return nil
    }
    let size = buffer.type.dtype.byteCount
    return MemorySpan(bounds.low * size..<(bounds.high + 1) * size, of: argument.buffer, in: program, loops)
  }

  /// The bytes of the workspace and the array they are in, if there is one.
  private mutating func workspace(_ call: LibraryCall) -> MemorySpan? {
    let definition = call.routine.definition
    guard definition.workspaceByteCount != nil else {
      if call.workspace != nil { fail(27, "\(definition.name) needs no workspace") }
      return nil
    }
    guard call.routine.isCountable(call.dtype) else {
      fail(27, "\(definition.name) is too large for LAPACK")
      return nil
    }
    let count = call.workspaceByteCount
    guard let number = call.workspace, program.buffers.indices.contains(number),
      case .temporary = program.buffers[number].role, program.buffers[number].type.dtype == .bool,
      program.buffers[number].type.elementCount >= count
    else {
      fail(27, "\(definition.name) needs a workspace: a temporary of bool with \(count) elements")
      return nil
    }
    return count == 0 ? nil : MemorySpan(of: number, in: program, loops)
  }
}
