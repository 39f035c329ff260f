import KernelIR

extension CUnit {
  /// The comment at the top of a file: the function's name, its arrays with their types, and notes.
  func writeHeading(_ notes: [String], to out: inout ByteWriter) {
    out.line("/*")
    out.line(" * \(commentText(program.name))")
    for buffer in program.callerBuffers {
      let value = program.buffers[buffer]
      let name = String(decoding: bufferNames[buffer], as: UTF8.self)
      let role =
        switch value.role {
        case .parameter: "in "
        case .updated: "in, out"
        default: "out"
        }
      var text = "\(role) \(name): \(value.type)"
      if value.name != name { text += "  \(commentText(value.name))" }
      out.line(" *   \(text)")
    }
    out.line(" *")
    for note in notes { out.line(" * \(note)") }
    out.line(" */")
  }
}
