package import Basics
package import KernelIR

/// What the vector dialect is written for: the registers of a processor, and the functions that there are for them.
package struct VectorTarget: Hashable, Sendable {
  /// A function of vectors.
  package struct Function: Hashable, Sendable {
    package var op: ScalarOp
    package var dtype: DType

    package init(_ op: ScalarOp, _ dtype: DType) {
      self.op = op
      self.dtype = dtype
    }

    /// `exp_f32`.
    package var name: String { "\(op.name)_\(dtype)" }
  }

  /// Bytes of a vector register: 16, 32 or 64.
  package var byteCount: Int
  /// Functions of the runtime that take and return whole registers, by address; those of other ops go through memory.
  package var registerFunctions: Set<Function>
  /// Functions whose C there is, by dtype: `src/elementary.h` of the runtime says what the text is like.
  package var inlineSources: [DType: String]
  package var inlineFunctions: Set<Function>
  /// Whether that text is to be computed with fused multiply-adds.
  package var hasFMA: Bool

  package init(
    byteCount: Int, registerFunctions: Set<Function> = [], inlineSources: [DType: String] = [:],
    inlineFunctions: Set<Function> = [], hasFMA: Bool = true
  ) {
    self.byteCount = byteCount
    self.registerFunctions = registerFunctions
    self.inlineSources = inlineSources
    self.inlineFunctions = inlineFunctions
    self.hasFMA = hasFMA
  }

  /// How a length is the elements of a register that are not wider than `elementByteCount`.
  func laneCount(elementByteCount: Int) -> Int { byteCount / max(elementByteCount, 4) }

  /// The dtypes that vectors of so many elements can have.
  func dtypes(laneCount: Int) -> [DType] {
    DType.allCases.filter { $0 != .bool && $0.byteCount * laneCount <= byteCount }
  }

  /// The dtype of the elements of masks: as wide as the widest elements of vectors of this length.
  func maskDType(laneCount: Int) -> DType { laneCount * 4 == byteCount ? .i32 : .i64 }
}
