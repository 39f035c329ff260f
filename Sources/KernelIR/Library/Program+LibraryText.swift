import Basics

extension ProgramPrinter {
  mutating func print(_ call: LibraryCall) {
    let definition = call.routine.definition
    writer.indent()
    writer.write("call ")
    writer.write(string: definition.name)
    writer.write(" ")
    writer.write(string: call.dtype.name)
    let extents = zip(definition.parameters.map(\.name), call.routine.parameters) + [("batch", call.batchCount)]
    for (name, extent) in extents {
      writer.write(" ")
      writer.write(string: name)
      writer.write(" ")
      writer.write(extent)
    }
    if let chunk = call.chunk { writer.write(string: " parallel \(chunk)") }
    printOrigins(call.origins)
    writer.indentation += 1
    for (word, arguments) in [("input ", call.inputs), ("output ", call.outputs)] {
      for argument in arguments {
        writer.indent()
        writer.write(string: word)
        printReference(argument.buffer)
        writer.write("[")
        writer.write(argument.offset)
        writer.write("] slices ")
        writer.write(argument.batchStride)
        writer.newline()
      }
    }
    if let workspace = call.workspace {
      writer.indent()
      writer.write("workspace ")
      printReference(workspace)
      writer.newline()
    }
    writer.indentation -= 1
    writer.line("}")
  }
}

extension ProgramParser {
  mutating func call() throws(Diagnostic) -> LibraryCall {
    guard case .word(let name) = token, let function = LibraryFunction(name: name) else {
      throw failure("expected a routine of the library instead of \(token.text)")
    }
    try advance()
    let dtype = try dtype()
    var parameters: [Int] = []
    for parameter in function.definition.parameters { parameters.append(try labelled(parameter.name)) }
    let batch = try labelled("batch")
    let chunk = try skip(word: "parallel") ? try integer() : nil
    let origins = try origins()
    var call = LibraryCall(
      routine: LibraryRoutine(function, parameters), dtype: dtype, batchCount: batch, inputs: [], outputs: [],
      workspace: nil, chunk: chunk, origins: origins)
    while try skip(word: "input") { call.inputs.append(try argument()) }
    while try skip(word: "output") { call.outputs.append(try argument()) }
    if try skip(word: "workspace") { call.workspace = try reference() }
    try expect("}")
    return call
  }

  private mutating func argument() throws(Diagnostic) -> LibraryCall.Argument {
    let buffer = try reference()
    try expect("[")
    let offset = try integer()
    try expect("]")
    return LibraryCall.Argument(buffer: buffer, offset: offset, batchStride: try labelled("slices"))
  }
}
