import Basics
import KernelIR

/// Functions whose text the runtime has, for vectors of a length or for single elements.
struct InlineFunctions: Hashable, Comparable {
  let dtype: DType
  /// `nil` for single elements.
  let laneCount: Int?

  static func < (a: Self, b: Self) -> Bool {
    (a.laneCount ?? 0, a.dtype.rawValue) < (b.laneCount ?? 0, b.dtype.rawValue)
  }

  /// Whether the op is such a function, or made of one as the runtime's `ops.h` has it.
  static func has(_ op: ScalarOp, _ dtype: DType, _ target: VectorTarget) -> Bool {
    target.inlineFunctions.contains(VectorTarget.Function(op == .logistic ? .exp : op, dtype))
  }

  private var type: String { laneCount.map { "\(dtype)x\($0)" } ?? dtype.cName }
  private var prefix: String { laneCount == nil ? "scalar_" : "vector_" }
  private var name: String { laneCount.map { "\(dtype)x\($0)" } ?? "\(dtype)" }

  /// More of one function in a file are calls: their text is long.
  private static let greatestInlineCount = 16

  /// The function by its name, for code that has it so often.
  func definition(_ op: ScalarOp, useCount: Int) -> String {
    let attributes = useCount > Self.greatestInlineCount ? "static __attribute__((noinline))" : "GRADC_INLINE"
    return "\(attributes) \(type) \(prefix)\(op.name)_\(name)(\(type) x) "
      + "{ return \(prefix)\(op.name)_inline_\(name)(x); }\n"
  }

  func text(_ target: VectorTarget) -> String {
    let isSingle = dtype == .f32
    let suffix = isSingle ? "f" : ""
    let bits = isSingle ? "32" : "64"
    let fma = "\(prefix)fma_\(name)"
    var lines = [
      "#define INLINE GRADC_INLINE",
      "#define F \(type)",
      "#define U \(laneCount.map { "u\(bits)x\($0)" } ?? "uint\(bits)_t")",
      "#define NAME(f) \(prefix)##f##_inline_\(name)",
      "#define ABS(x) \(prefix)abs_\(name)(x)",
      "#define COPYSIGN(x, y) \(prefix)copysign_\(name)(x, y)",
      target.hasFMA ? "#define MA(a, b, c) \(fma)(a, b, c)" : "#define MA(a, b, c) ((a) * (b) + (c))",
      target.hasFMA ? "#define REST(a, w) \(fma)(a, a, -(w))" : "#define REST(a, w) K(0)",
    ]
    if let laneCount {
      lines += [
        "#define BITS(x) ((U)(x))", "#define FLOAT(u) ((F)(u))",
        "#define SELECT(c, a, b) GRADC_BLEND((i\(bits)x\(laneCount))(c), a, b)",
        "#define K(c) vector_splat_\(name)(c)",
        "#define BK(c) ((U)vector_splat_i\(bits)x\(laneCount)((int\(bits)_t)(c)))",
      ]
    } else {
      lines += [
        "#define BITS(x) ((union { F f; U u; }){.f = (x)}.u)", "#define FLOAT(u_) ((union { F f; U u; }){.u = (u_)}.f)",
        "#define SELECT(c, a, b) ((c) ? (a) : (b))", "#define K(c) ((F)(c))", "#define BK(c) ((U)(c))",
      ]
    }
    let source = (target.inlineSources[dtype] ?? "")
      .replacing("; ", with: ";\n  ").replacing("{ ", with: "{\n  ").replacing("} ", with: "}\n")
    lines += source.split(separator: "\n").map(String.init)
    lines.append(
      "INLINE F NAME(logistic)(F x) { return K(1.0\(suffix)) / (K(1.0\(suffix)) + NAME(exp)(-x)); }")
    lines += ["INLINE", "F", "U", "NAME", "ABS", "COPYSIGN", "MA", "REST", "BITS", "FLOAT", "SELECT", "K", "BK"].map {
      "#undef \($0)"
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
