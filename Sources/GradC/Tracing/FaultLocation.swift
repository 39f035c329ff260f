#if canImport(Runtime) && os(Linux)
  internal import Runtime
#endif

/// Finds the line of the user's code that runs now. Costs milliseconds, and is asked for only when something is wrong:
/// operators can't be told their line.
enum FaultLocation {
  /// The innermost place on the stack outside GradC, or `nil` where the platform or the build can't tell.
  static func current() -> SourceLocation? {
    #if canImport(Runtime) && os(Linux)
      guard let backtrace = try? Backtrace.capture(limit: 64), let symbols = backtrace.symbolicated() else {
        return nil
      }
      for frame in symbols.frames {
        guard let symbol = frame.symbol, let source = symbol.sourceLocation, source.line > 0,
          !isOwn(symbol.rawName)
        else { continue }
        let folders = source.path.split(separator: "/").suffix(2)
        guard let file = folders.last, !file.hasPrefix("<") else { continue }
        return SourceLocation(file: folders.joined(separator: "/"), line: source.line)
      }
    #endif
    return nil
  }

  /// Whether a mangled name belongs to GradC or to what stands between it and the user: the runtime and the standard
  /// library.
  private static func isOwn(_ symbol: String) -> Bool {
    own.contains { symbol.hasPrefix("$s" + $0) } || !symbol.contains("$s") && symbol != "main" && !symbol.hasSuffix("_main")
  }

  /// Mangled names start with the module's name and its length; operators start with that of their declaring module.
  private static let own = [
    "5GradC", "7GradCNN", "8TensorIR", "9TensorOps", "10Transforms", "6Basics", "6Passes", "7Runtime", "s", "S", "15Synchronization",
  ]
}
