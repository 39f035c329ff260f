/// What stands between the operations of long kernels.
extension KernelWriter {
  /// Kernels of so many operations, some 20 bytes each, are longer than a second-level cache.
  private static let cachedOperationCount = 32768
  /// What a call of the runtime prefetches is a third more.
  private static let prefetchedByteCount = 6000

  /// In long code, a line that says how far it is.
  mutating func writeProgress(_ position: Int) {
    guard plan.flat.code.count > 8192 else { return }
    out.indent()
    out.write("/* @ ")
    out.write(string: commentText(kernel.origins.first ?? kernel.name, limit: 40))
    out.write(": operation ")
    out.write(position + 1)
    out.write(" */\n")
  }

  mutating func writePrefetch() {
    nextPrefetch = out.bytes.count + Self.prefetchedByteCount
    guard unit.dialect == .tile, plan.flat.code.count > Self.cachedOperationCount else {
      nextPrefetch = .max
      return
    }
    out.indent()
    out.write(bytes: unit.use(.prefetchCode))
    out.write("();\n")
  }
}
