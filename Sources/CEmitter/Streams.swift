import KernelIR

// Stores past the caches, to buffers that the schedule marks.

extension KernelPlan {
  /// Whether a store writes whole lines of memory past the caches.
  func isStreamed(_ store: FlatKernel.Instruction) -> Bool {
    let dtype = info(store.a).dtype
    guard buffers[Int(store.buffer)].isStreamed, isTile[Int(store.a)], dtype.isFloating,
      flat.tileCoefficient(store) == 1,
      flat.axes[flat.tileAxis(store)].extent * dtype.byteCount >= Self.lineByteCount
    else { return false }
    // A tile is stored at once: lines that it shares with the row before or behind cost more than the others gain.
    return dialect != .tile || startsWithLine(store, dtype.byteCount)
  }

  /// Whether every row of a store's tile axis starts a line, if its buffer does.
  private func startsWithLine(_ store: FlatKernel.Instruction, _ byteCount: Int) -> Bool {
    let index = flat.affines[Int(store.index)]
    let tileAxis = flat.tileAxis(store)
    return (index.offset * byteCount).isMultiple(of: Self.lineByteCount)
      && index.terms.allSatisfy {
        $0.axis == tileAxis || flat.axes[$0.axis].extent <= 1
          || ($0.coefficient * byteCount).isMultiple(of: Self.lineByteCount)
      }
  }

  /// Of the caches of all processors that streams are for.
  private static let lineByteCount = 64
}

extension KernelWriter {
  /// At the end of a kernel that has stored past the caches: before other threads are told that it has ended.
  var fence: String { hasStreamed ? "  \(RuntimeFunction.endStreams.name)();\n" : "" }
}
