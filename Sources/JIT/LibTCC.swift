internal import Basics
import CLibTCC
import GradCRuntime
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The libtcc back end: C text to callable code inside this process, touching no file.
package enum LibTCC {
  /// libtcc keeps its parser in global variables.
  private static let lock = Mutex(())

  /// Compiles `source`, which includes nothing and declares what it calls.
  ///
  /// Static data of the module is read-only once it is compiled.
  ///
  /// - Parameters:
  ///   - source: C99; a comment line that starts with `/* @ ` names the op the lines after it come from.
  ///   - entries: the functions to be found in the module.
  ///   - externals: addresses of further symbols the source declares; they outlive the module.
  ///   - runtimeSymbols: the functions of GradC's runtime that the source calls.
  /// - Throws: `CompilationError` for whatever libtcc has to say, a warning included.
  package static func compile(
    source: consuming [UInt8], entries: [String], externals: [String: UnsafeRawPointer] = [:],
    runtimeSymbols: [String] = []
  ) throws(CompilationError) -> CompiledModule {
    // Not `contains`, which takes seconds for a long text in a debug build.
    let holdsZero = source.withUnsafeBytes { bytes in
      bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
    }
    if holdsZero { throw CompilationError(message: "the C text holds a zero byte") }
    var symbols = externals
    for name in runtimeSymbols {
      guard let address = gradc_symbol(name) else {
        throw CompilationError(message: "the runtime has no function '\(name)'")
      }
      symbols[name] = UnsafeRawPointer(address)
    }
    // libtcc wants a terminated string; in place, as the text may be long.
    source.append(0)
    let text = source
    let result = lock.withLock { _ in
      Result { () throws(CompilationError) in
        try compileLocked(text: text, entries: entries, symbols: symbols)
      }
    }
    return try result.get()
  }

  private static func compileLocked(
    text: [UInt8], entries: [String], symbols: [String: UnsafeRawPointer]
  ) throws(CompilationError) -> CompiledModule {
    guard let session = Session() else { throw CompilationError(message: "libtcc could not start: out of memory") }
    guard Span.measure("parse and generate", { session.compile(text) }) else {
      throw CompilationError(log: session.messages, source: text)
    }
    for (name, address) in symbols { session.define(name, address) }
    guard let code = Span.measure("relocate", { session.relocate() }) else {
      throw CompilationError(log: session.messages, source: text)
    }
    var functions: [String: UInt] = [:]
    for name in entries {
      guard let address = session.address(of: name) else {
        throw CompilationError(message: "the C text does not define '\(name)'")
      }
      functions[name] = address
    }
    guard code.seal() else { throw CompilationError(message: "the system refused to make code executable") }
    return CompiledModule(code: code, functions: functions)
  }
}

/// One libtcc state and its messages.
private struct Session: ~Copyable {
  private let state: OpaquePointer
  private let log: UnsafeMutablePointer<gradc_tcc_log>

  init?() {
    guard let state = tcc_new() else { return nil }
    self.state = state
    log = .allocate(capacity: 1)
    gradc_tcc_log_attach(state, log)
    // Both options have to precede the output type, which would otherwise look for start files and include folders.
    // A warning stops at once, so that a long text is not read to its end in vain.
    tcc_set_options(state, "-nostdlib -nostdinc -Werror")
    tcc_set_output_type(state, TCC_OUTPUT_MEMORY)
  }

  deinit {
    tcc_delete(state)
    log.deallocate()
  }

  /// What libtcc said so far, one message a line.
  var messages: String { String(cString: gradc_tcc_log_text(log)) }

  /// `true` if the terminated text compiled without a message.
  func compile(_ text: [UInt8]) -> Bool {
    let status = text.withUnsafeBytes { bytes -> Int32 in
      guard let start = bytes.baseAddress else { return -1 }
      return tcc_compile_string(state, start.assumingMemoryBound(to: CChar.self))
    }
    return status == 0 && log.pointee.count == 0
  }

  /// Gives an undefined symbol its address.
  func define(_ name: String, _ address: UnsafeRawPointer) { tcc_add_symbol(state, name, address) }

  /// The code in pages of its own, still writable; `nil` after a message.
  func relocate() -> CodeMemory? {
    // Between begin and end, libtcc's request for pages both writable and executable leaves them only writable.
    gradc_relocation_begin()
    defer { gradc_relocation_end() }
    let size = gradc_tcc_relocate(state, nil, log)
    guard size >= 0, log.pointee.count == 0 else {
      if log.pointee.count == 0 { gradc_tcc_report(log, "the code is larger than 2 GB") }
      return nil
    }
    guard let code = CodeMemory(byteCount: Int(size)) else {
      gradc_tcc_report(log, "out of memory for code")
      return nil
    }
    guard gradc_tcc_relocate(state, code.start, log) == 0, log.pointee.count == 0 else { return nil }
    return code
  }

  /// The address of a global symbol of the relocated code.
  func address(of name: String) -> UInt? { tcc_get_symbol(state, name).map { UInt(bitPattern: $0) } }
}
