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
  static func has(_ function: VectorTarget.Function, _ target: VectorTarget) -> Bool {
    var written = function
    if function.op == .logistic { written.op = .exp }
    return target.inlineFunctions.contains(written)
  }

  private var type: String { laneCount.map { "\(dtype)x\($0)" } ?? dtype.cName }
  private var prefix: String { laneCount == nil ? "scalar_" : "vector_" }
  private var name: String { laneCount.map { "\(dtype)x\($0)" } ?? "\(dtype)" }

  /// More of one function in a file are calls: their text is long.
  private static let greatestInlineCount = 16

  /// The function by its name, for code that has it so often.
  func definition(_ function: VectorTarget.Function, useCount: Int) -> String {
    let attributes = useCount > Self.greatestInlineCount ? "static __attribute__((noinline))" : "GRADC_INLINE"
    return "\(attributes) \(type) \(prefix)\(function.opName)_\(name)(\(type) x) "
      + "{ return \(prefix)\(function.opName)_inline_\(name)(x); }\n"
  }

  func sineCosineDefinition(useCount: Int) -> String {
    let attributes = useCount > Self.greatestInlineCount ? "static __attribute__((noinline))" : "GRADC_INLINE"
    return "\(attributes) \(type) \(prefix)sincos_\(name)(\(type) x, \(type) *c) "
      + "{ return \(prefix)sincos_inline_\(name)(x, c); }\n"
  }

  // MARK: Operands for which the text has no way

  /// Ops that the text computes for some operands by the function `any_<op>`, which it does not define.
  private func farOps(_ target: VectorTarget) -> [ScalarOp] {
    let source = target.inlineSources[dtype] ?? ""
    return ScalarOp.allCases.filter { source.contains("NAME(any_\($0.name))") }
  }

  private func farPointer(_ op: ScalarOp) -> String { "\(prefix)any_\(op.name)_address_\(name)" }

  private func farFunction(_ op: ScalarOp) -> RuntimeFunction {
    laneCount == nil ? .scalar(op, dtype) : .tile(op, dtype, kinds: [])
  }

  /// What the runtime has for all operands, in memory or for elements; this is rare.
  private func farDefinition(_ op: ScalarOp, _ storage: String) -> [String] {
    let attributes = "static __attribute__((noinline, cold, unused))"
    let function = "\(attributes) \(type) \(prefix)any_\(op.name)_inline_\(name)(\(type) x)"
    let (pointer, element) = (farPointer(op), dtype.cName)
    guard let laneCount else {
      return ["\(storage) \(element) (*\(pointer))(\(element));", "\(function) { return \(pointer)(x); }"]
    }
    return [
      "\(storage) void (*\(pointer))(\(element) *, const \(element) *, int64_t);",
      "\(function) { \(type) d; \(pointer)((\(element) *)&d, (const \(element) *)&x, \(laneCount)); return d; }",
    ]
  }

  /// The pointers that the text needs, and the functions of the runtime that they are for.
  func links(_ target: VectorTarget) -> [(name: String, symbol: String)] {
    farOps(target).map { (farPointer($0), farFunction($0).name) }
  }

  /// LESSER and GREATER. They are instructions of x86, which gcc does not see in a blend of vectors.
  private func bounds(_ laneCount: Int) -> [String] {
    let byteCount = laneCount * dtype.byteCount
    let kind = dtype == .f32 ? "ps" : "pd"
    let instruction: (feature: String, suffix: String, rest: String)? =
      switch byteCount {
      case 64: ("__AVX512F__", "\(kind)512_mask", ", a, -1, 4")
      case 32: ("__AVX__", "\(kind)256", "")
      case 16: ("__SSE2__", kind, "")
      default: nil
      }
    let plain = ["#define LESSER(a, b) SELECT((a) < (b), a, b)", "#define GREATER(a, b) SELECT((a) > (b), a, b)"]
    guard let instruction else { return plain }
    return ["#if defined(\(instruction.feature)) && !defined(__clang__)"]
      + zip(["LESSER", "GREATER"], ["min", "max"]).map {
        "#define \($0)(a, b) __builtin_ia32_\($1)\(instruction.suffix)(a, b\(instruction.rest))"
      } + ["#else"] + plain + ["#endif"]
  }

  /// - Parameters:
  ///   - hasLowAccuracy: Whether functions of low accuracy are needed, too.
  ///   - pointers: The storage class of pointers to functions.
  func text(_ target: VectorTarget, hasLowAccuracy: Bool, pointers: String) -> String {
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
        "#define UNLESS_(c, a, b) ({ i\(bits)x\(laneCount) far_ = (i\(bits)x\(laneCount))(c); "
          + "__builtin_expect(vector_any_i\(bits)x\(laneCount)(far_), 0) ? GRADC_BLEND(far_, b, a) : (a); })",
        "#define SELECT(c, a, b) GRADC_BLEND((i\(bits)x\(laneCount))(c), a, b)",
        "#define K(c) vector_splat_\(name)(c)",
        "#define BK(c) ((U)vector_splat_i\(bits)x\(laneCount)((int\(bits)_t)(c)))",
      ]
      lines += bounds(laneCount)
    } else {
      lines += [
        "#define BITS(x) ((union { F f; U u; }){.f = (x)}.u)",
        "#define FLOAT(u_) ((union { F f; U u; }){.u = (u_)}.f)",
        "#define UNLESS_(c, a, b) ((c) ? (b) : (a))", "#define SELECT(c, a, b) ((c) ? (a) : (b))",
        "#define K(c) ((F)(c))", "#define BK(c) ((U)(c))",
        "#define LESSER(a, b) ((a) < (b) ? (a) : (b))", "#define GREATER(a, b) ((a) > (b) ? (a) : (b))",
      ]
    }
    // Without fma what is near is not exact.
    lines.append("#define UNLESS(c, a, b) " + (target.hasFMA ? "UNLESS_(c, a, b)" : "(b)"))
    // A branch; vectors would need all of their elements to take it.
    let takesShortcuts = laneCount == nil && target.hasFMA
    lines.append("#define SHORTCUT(c, statement, x)" + (takesShortcuts ? " if (c) { statement; return x; }" : ""))
    for op in farOps(target) { lines += farDefinition(op, pointers) }
    let relaxed = hasLowAccuracy ? target.relaxedSources[dtype] ?? "" : ""
    let source = ((target.inlineSources[dtype] ?? "") + "\n" + relaxed)
      .replacing("; ", with: ";\n  ").replacing("{ ", with: "{\n  ").replacing("} ", with: "}\n")
    lines += source.split(separator: "\n").map(String.init)
    for ending in hasLowAccuracy ? ["", "_u35"] : [""] {
      lines.append(
        "INLINE F NAME(logistic\(ending))(F x) { return K(1.0\(suffix)) / (K(1.0\(suffix)) + NAME(exp\(ending))(-x)); }"
      )
    }
    lines += [
      "INLINE", "F", "U", "NAME", "ABS", "COPYSIGN", "MA", "REST", "BITS", "FLOAT", "SELECT", "UNLESS", "UNLESS_",
      "LESSER", "GREATER", "SHORTCUT", "K", "BK",
    ].map {
      "#undef \($0)"
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
