import Basics
import KernelIR

/// A function on vectors that the vector dialect writes when it is called.
enum VectorHelper: Hashable {
  /// A function of the runtime.
  case call(VectorTarget.Function)
  /// Sine and cosine by the runtime's text.
  case sineCosine(DType)
  /// Elements that integers pick.
  case gather(DType, index: DType)
  case scatter(ScatterCombiner, DType, index: DType)

  func name(_ n: Int) -> String {
    switch self {
    case .call(let function): "vector_\(function.name)x\(n)"
    case .sineCosine(let dtype): "vector_sincos_\(dtype)x\(n)"
    case .gather(let dtype, let index): "vector_gather_\(dtype)_\(index)x\(n)"
    case .scatter(let combiner, let dtype, let index): "vector_scatter_\(combiner.name)_\(dtype)_\(index)x\(n)"
    }
  }

  /// Ops that `VectorLength` defines for floating numbers, integers and bools.
  static func isDefined(_ op: ScalarOp, _ dtype: DType) -> Bool {
    if op.isComparison || op == .select { return true }
    switch op {
    case .add, .sub, .mul, .neg, .abs, .sign, .min, .max: return dtype != .bool
    case .and, .or, .xor, .not: return !dtype.isFloating
    case .div: return true
    case .rem, .shl, .lshr, .ashr, .popcount: return dtype.isInteger
    case .sqrt, .rsqrt, .floor, .ceil, .round, .trunc, .copysign, .nextafter, .fma: return true
    default: return false
    }
  }

  /// - Parameter storage: The storage class of pointers to functions.
  func definition(_ n: Int, _ target: VectorTarget, _ storage: String) -> String {
    switch self {
    case .call(let function): callDefinition(function, n, target, storage)
    case .sineCosine: ""
    case .gather(let dtype, let index): fill(dtype == .bool ? Self.gatherBool : Self.gather, dtype, index, n)
    case .scatter(let combiner, let dtype, let index):
      fill(dtype == .bool ? Self.scatterBool : Self.scatter, dtype, index, n)
        .replacing("$combiner", with: combiner.name)
        .replacing("$value", with: Self.combined(combiner, dtype))
    }
  }

  private static func combined(_ combiner: ScatterCombiner, _ dtype: DType) -> String {
    switch combiner {
    case .add: "*q + v[k]"
    case .mul: "*q * v[k]"
    case .max, .min: "scalar_\(combiner.name)_\(dtype)(*q, v[k])"
    case .set: "v[k]"
    }
  }

  /// Functions of the runtime that are called in memory, where they are not called in registers.
  func memoryFunction(_ n: Int, _ target: VectorTarget) -> RuntimeFunction? {
    guard case .call(let function) = self, !isInline(target), !isInRegisters(n, target) else { return nil }
    let arity = function.op.arity
    let kinds = arity == 1 ? [] : Array(repeating: true, count: arity)
    return .tile(function.op, function.dtype, kinds: kinds, accuracy: function.accuracy)
  }

  private func isInline(_ target: VectorTarget) -> Bool {
    guard case .call(let function) = self else { return false }
    return InlineFunctions.has(function, target)
  }

  /// Whether it is called by an address, with whole registers.
  func isInRegisters(_ n: Int, _ target: VectorTarget) -> Bool {
    guard case .call(let function) = self, !isInline(target) else { return false }
    return n * function.dtype.byteCount == target.byteCount && target.registerFunctions.contains(function)
  }

  private func callDefinition(
    _ called: VectorTarget.Function, _ n: Int, _ target: VectorTarget, _ storage: String
  ) -> String {
    if isInline(target) { return "" }
    let dtype = called.dtype
    let type = "\(dtype)x\(n)"
    let operands = Array(["a", "b", "c"].prefix(called.op.arity))
    if isInRegisters(n, target) {
      return "\(storage) \(type) (*\(name(n)))(\(operands.map { _ in type }.joined(separator: ", ")));\n"
    }
    guard let function = memoryFunction(n, target) else { return "" }
    let parameters = operands.map { "\(type) \($0)" }.joined(separator: ", ")
    let addresses = operands.map { "(const \(dtype.cName) *)&\($0)" }.joined(separator: ", ")
    return """
      GRADC_INLINE \(type) \(name(n))(\(parameters)) {
        \(type) d;
        \(function.name)((\(dtype.cName) *)&d, \(addresses), \(n));
        return d;
      }

      """
  }

  private func fill(_ text: String, _ dtype: DType, _ index: DType, _ n: Int) -> String {
    text.replacing("$tx$n", with: "\(dtype)x\(n)").replacing("$ix$n", with: "\(index)x\(n)")
      .replacing("$t", with: "\(dtype)").replacing("$i", with: "\(index)").replacing("$n", with: "\(n)")
      .replacing("$C", with: dtype.cName)
  }

  private static let gather = #"""
    GRADC_INLINE $tx$n vector_gather_$t_$ix$n(const $C *p, int64_t step, $ix$n index, int64_t stride, int64_t limit, int r) {
      $tx$n v = vector_splat_$tx$n(0);
      for (int k = 0; k < r; k++) {
        int64_t s = index[k];
        s = s < 0 ? 0 : s < limit ? s : limit - 1;
        v[k] = p[k * step + s * stride];
      }
      return v;
    }

    """#

  private static let gatherBool = #"""
    GRADC_INLINE $tx$n vector_gather_$t_$ix$n(const $C *p, int64_t step, $ix$n index, int64_t stride, int64_t limit, int r) {
      i8x$n v = {0};
      for (int k = 0; k < r; k++) {
        int64_t s = index[k];
        s = s < 0 ? 0 : s < limit ? s : limit - 1;
        v[k] = p[k * step + s * stride];
      }
      return vector_from_bytesx$n(v);
    }

    """#

  private static let scatter = #"""
    GRADC_INLINE void vector_scatter_$combiner_$t_$ix$n(
        $C *p, int64_t step, $ix$n index, int64_t stride, int64_t limit, int drops, $tx$n v, int r) {
      for (int k = 0; k < r; k++) {
        int64_t s = index[k];
        if (drops && (s < 0 || s >= limit)) continue;
        if (!drops) s = s < 0 ? 0 : s < limit ? s : limit - 1;
        $C *q = p + (k * step + s * stride);
        *q = $value;
      }
    }

    """#

  private static let scatterBool = #"""
    GRADC_INLINE void vector_scatter_$combiner_$t_$ix$n(
        $C *p, int64_t step, $ix$n index, int64_t stride, int64_t limit, int drops, $tx$n m, int r) {
      i8x$n v = vector_to_bytesx$n(m);
      for (int k = 0; k < r; k++) {
        int64_t s = index[k];
        if (drops && (s < 0 || s >= limit)) continue;
        if (!drops) s = s < 0 ? 0 : s < limit ? s : limit - 1;
        $C *q = p + (k * step + s * stride);
        *q = $value;
      }
    }

    """#
}
