#if canImport(Runtime) && os(Linux)
  internal import Runtime
  internal import Synchronization
#endif

/// Finds the line of the user's code that runs now: operators can't be told theirs. Costs tens of milliseconds, and is
/// asked for only when something is wrong.
enum FaultLocation {
  #if canImport(Runtime) && os(Linux)
    /// Places by return address, so that a loop's faults are looked up once.
    private static let known = Mutex<[String: Basics.SourceLocation]>([:])

    /// The innermost place on the stack outside GradC, or `nil` where the platform or the build can't tell.
    static func current() -> Basics.SourceLocation? {
      let images = ImageMap.capture()
      // Names are found a thousand times faster than lines: the frame first, then its line.
      guard let backtrace = try? Backtrace.capture(limit: 64, images: images),
        let named = backtrace.symbolicated(with: images, options: [.useSymbolCache])
      else { return nil }
      var attempts = 0
      for (depth, frame) in named.frames.enumerated() {
        guard let symbol = frame.symbol, !isOwn(symbol.rawName) else { continue }
        let address = "\(frame.captured.originalProgramCounter)"
        if let place = known.withLock({ $0[address] }) { return place }
        // The frames are this function's both times, so depths agree.
        if let single = try? Backtrace.capture(limit: 2, offset: depth, top: 0, images: images),
          let place = place(single.symbolicated(with: images))
        {
          known.withLock { $0[address] = place }
          return place
        }
        // Thunks have no line.
        attempts += 1
        if attempts == 4 { return nil }
      }
      return nil
    }

    private static func place(_ backtrace: SymbolicatedBacktrace?) -> Basics.SourceLocation? {
      for frame in backtrace?.frames ?? [] {
        guard let symbol = frame.symbol, !isOwn(symbol.rawName), let source = symbol.sourceLocation, source.line > 0
        else { continue }
        let folders = source.path.split(separator: "/").suffix(2)
        guard let file = folders.last, !file.hasPrefix("<") else { continue }
        return SourceLocation(file: folders.joined(separator: "/"), line: source.line)
      }
      return nil
    }
  #else
    static func current() -> Basics.SourceLocation? { nil }
  #endif

  /// Whether a mangled name belongs to GradC, or to what stands between it and the user: the runtime and the standard
  /// library.
  static func isOwn(_ symbol: String) -> Bool {
    if !symbol.hasPrefix("$s") { return symbol != "main" && !symbol.hasSuffix("_main") }
    let name = symbol.dropFirst(2)
    return modules.contains { name.hasPrefix($0) }
  }

  /// How mangled names of these modules start: with the length of the module's name. `s` and `S` are Swift's.
  private static let modules =
    [
      "GradC", "GradCNN", "Basics", "TensorIR", "TensorOps", "Transforms", "Passes", "Runtime", "Synchronization",
    ].map { "\($0.utf8.count)\($0)" } + ["s", "S"]
}
