import CallStack
import Synchronization

/// Finds the line of the user's code that runs now: operators can't be told theirs. Costs milliseconds, and is asked for
/// only when something is wrong.
enum FaultLocation {
  /// Places by return address, so that a loop's faults are looked up once; and the lock of the look-up.
  private static let known = Mutex<[UInt: SourceLocation]>([:])

  /// The innermost place on the stack outside GradC, or `nil` where the platform or the build can't tell.
  static func current() -> SourceLocation? {
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: 64) { addresses in
      guard let start = addresses.baseAddress else { return nil }
      let count = gradc_call_stack(start, addresses.count)
      return known.withLock { known in place(of: addresses[..<count], &known) }
    }
  }

  private static func place(
    of addresses: Slice<UnsafeMutableBufferPointer<UInt>>, _ known: inout [UInt: SourceLocation]
  ) -> SourceLocation? {
    var attempts = 0
    for address in addresses where address > 0 {
      if let place = known[address] { return place }
      // A call returns behind itself, perhaps to the next line.
      guard let name = gradc_function_name(address - 1), !isOwn(String(cString: name)) else { continue }
      if let place = line(of: address - 1) {
        known[address] = place
        return place
      }
      // Thunks have no line.
      attempts += 1
      if attempts == 4 { return nil }
    }
    return nil
  }

  private static func line(of address: UInt) -> SourceLocation? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { path in
      guard let start = path.baseAddress else { return nil }
      let line = gradc_source_line(
        address, { $0.map { FaultLocation.isOwn(path: String(cString: $0)) } ?? true }, start, path.count)
      let folders = String(cString: start).split(separator: "/").suffix(2)
      return line > 0 ? SourceLocation(file: folders.joined(separator: "/"), line: Int(line)) : nil
    }
  }

  /// Whether a mangled name belongs to GradC, or to what stands between it and the user: the runtime and the standard
  /// library.
  static func isOwn(_ symbol: String) -> Bool {
    if !symbol.hasPrefix("$s") { return symbol != "main" && !symbol.hasSuffix("_main") }
    let name = symbol.dropFirst(2)
    return prefixes.contains { name.hasPrefix($0) }
  }

  /// Whether code comes from a file of GradC's, inlined into the user's, or from none.
  private static func isOwn(path: String) -> Bool {
    if path.isEmpty || path.hasSuffix("<compiler-generated>") || path.hasSuffix("<stdin>") { return true }
    return folders.contains { path.hasPrefix($0) }
  }

  private static let modules = ["GradC", "GradCNN", "Basics", "TensorIR", "TensorOps", "Transforms", "Passes"]

  /// How mangled names of these modules start: with the length of the module's name. `s` and `S` are Swift's.
  private static let prefixes = modules.map { "\($0.utf8.count)\($0)" } + ["15Synchronization", "s", "S"]

  /// The folders of these modules, as this file's path tells.
  private static let folders: [String] = {
    let sources = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    return modules.map { "\(sources)/\($0)/" }
  }()
}
