package import Basics
package import KernelIR

/// What the vector dialect is written for: the registers of a processor, and the functions that there are for them.
package struct VectorTarget: Hashable, Sendable {
  /// A function of vectors.
  package struct Function: Hashable, Sendable {
    package var op: ScalarOp
    package var dtype: DType
    package var accuracy: FunctionAccuracy

    package init(_ op: ScalarOp, _ dtype: DType, _ accuracy: FunctionAccuracy = .high) {
      self.op = op
      self.dtype = dtype
      self.accuracy = accuracy
    }

    /// `exp`, `exp_u35`.
    package var opName: String { op.name(accuracy) }

    /// `exp_f32`.
    package var name: String { "\(opName)_\(dtype)" }
  }

  /// Bytes of a vector register: 16, 32 or 64.
  package var byteCount: Int
  /// Functions of the runtime that take and return whole registers, by address; those of other ops go through memory.
  package var registerFunctions: Set<Function>
  /// Functions whose C there is, by dtype: `src/elementary.h` of the runtime says what the text is like.
  package var inlineSources: [DType: String]
  /// Those of low accuracy, which come after: `src/relaxed.h`.
  package var relaxedSources: [DType: String]
  package var inlineFunctions: Set<Function>
  /// Whether that text is to be computed with fused multiply-adds.
  package var hasFMA: Bool

  package init(
    byteCount: Int, registerFunctions: Set<Function> = [], inlineSources: [DType: String] = [:],
    relaxedSources: [DType: String] = [:], inlineFunctions: Set<Function> = [], hasFMA: Bool = true
  ) {
    self.byteCount = byteCount
    self.registerFunctions = registerFunctions
    self.inlineSources = inlineSources
    self.relaxedSources = relaxedSources
    self.inlineFunctions = inlineFunctions
    self.hasFMA = hasFMA
  }

  /// How a length is the elements of a register that are not wider than `elementByteCount`.
  func laneCount(elementByteCount: Int) -> Int { byteCount / max(elementByteCount, 4) }

  /// The dtypes that vectors of so many elements can have. Those of i64 may take two registers: indices and labels
  /// beside numbers of 32 bits do not make these half as wide.
  func dtypes(laneCount: Int) -> [DType] {
    DType.allCases.filter { $0 != .bool && $0.byteCount * laneCount <= ($0 == .i64 ? 2 : 1) * byteCount }
  }

  /// The dtype of the elements of masks: as wide as the widest elements of vectors of this length.
  func maskDType(laneCount: Int) -> DType { laneCount * 4 == byteCount ? .i32 : .i64 }
}
