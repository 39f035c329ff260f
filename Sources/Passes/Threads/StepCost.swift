import Basics
import KernelIR

/// What steps take one thread, in nanoseconds: bytes moved and operations weighted by what they cost, from the figures in
/// `runtime/README.md`. Good to a factor of two or so.
enum StepCost {
  /// Of the calls of the runtime that a statement becomes, for every tile.
  private static let call = 2.0
  private static let tileLength = 512
  /// A statement on single elements in libtcc's code.
  private static let scalar = 0.7
  /// Between what the second-level cache and main memory take.
  private static let byte = 0.02

  // MARK: Kernels

  static func nanoseconds(_ kernel: Kernel) -> Double { nanoseconds(kernel.body, of: kernel) }

  /// Of some of a kernel's statements.
  static func nanoseconds(_ body: [Statement], of kernel: Kernel) -> Double { cost(body, kernel, tile: nil) }

  /// Of a body, once for every position of the tile around it, if there is one.
  private static func cost(_ body: [Statement], _ kernel: Kernel, tile: AxisID?) -> Double {
    var total = 0.0
    for statement in body {
      switch statement {
      case .loop(let axis, let inner):
        total += Double(kernel.axes[axis].extent) * (cost(inner, kernel, tile: tile) + scalar)
      case .tile(let axis, let inner): total += cost(inner, kernel, tile: axis)
      default: total += cost(statement, kernel, tile)
      }
    }
    return total
  }

  private static func cost(_ statement: Statement, _ kernel: Kernel, _ tile: AxisID?) -> Double {
    guard let element = tileElement(statement, kernel, tile), let tile else {
      return uniform(statement)
    }
    let extent = kernel.axes[tile].extent
    return Double((extent + tileLength - 1) / tileLength) * call + Double(extent) * element
  }

  /// For a position of a tile; `nil` for a statement on single elements.
  private static func tileElement(_ statement: Statement, _ kernel: Kernel, _ tile: AxisID?) -> Double? {
    guard let tile else { return nil }
    func info(_ value: ValueID) -> ValueInfo { kernel.values[Int(value.index)] }
    switch statement {
    case .compute(let result, let op, let a, let b, _):
      guard info(result).kind != .uniform else { return nil }
      return arithmetic(op, info(op == .select ? b : a).dtype)
    case .sineCosine(let result, _, _):
      return info(result).kind == .uniform ? nil : arithmetic(.sin, info(result).dtype)
    case .cast(let result, _), .finish(let result, _):
      return info(result).kind == .uniform ? nil : 0.03
    case .index(let result, _): return info(result).kind == .uniform ? nil : 0.03
    case .load(let result, _, let index):
      guard info(result).kind != .uniform else { return nil }
      return access(info(result).dtype, index.coefficient(of: tile))
    case .gather(let result, _, _, _, _, _): return info(result).kind == .uniform ? nil : 1
    case .store(_, let index, let value): return access(info(value).dtype, index.coefficient(of: tile))
    case .scatter: return 1.5
    case .accumulator(let value, _): return info(value).kind == .tile ? 0.02 : nil
    case .accumulate: return 0.03
    case .constant, .loop, .tile: return nil
    }
  }

  private static func access(_ dtype: DType, _ stride: Int) -> Double {
    abs(stride) <= 1 ? Double(dtype.byteCount) * byte : 1
  }

  /// Whether an op takes more than a load from memory.
  static func isCostly(_ op: ScalarOp) -> Bool { weight(op) > 2 }

  private static func uniform(_ statement: Statement) -> Double {
    switch statement {
    case .compute(_, let op, _, _, _) where isCostly(op): return 2 * weight(op)
    case .sineCosine: return 2 * weight(.sin)
    default: return scalar
    }
  }

  private static func arithmetic(_ op: ScalarOp, _ dtype: DType) -> Double {
    0.02 * weight(op) * Double(max(dtype.byteCount, 2)) / 4
  }

  /// Additions that an op costs as much as.
  private static func weight(_ op: ScalarOp) -> Double {
    switch op {
    case .sqrt, .rsqrt, .div: 2
    case .exp, .exp2, .expm1, .log, .log2, .log1p, .logistic: 10
    case .sin, .cos, .tanh: 14
    case .rem, .exp10, .log10, .cbrt, .hypot, .nextafter: 20
    case .erf: 25
    case .sinh, .cosh, .asin, .acos, .atan: 40
    case .tan, .asinh, .acosh, .atanh, .erfc, .pow, .atan2, .lgamma, .tgamma: 90
    default: 1
    }
  }

  // MARK: Calls

  /// Of one slice.
  static func nanoseconds(_ gemm: Gemm) -> Double {
    let operations = 2 * Double(gemm.m) * Double(gemm.n) * Double(gemm.k)
    let elements = Double(gemm.m) * Double(gemm.k) + Double(gemm.k) * Double(gemm.n) + Double(gemm.m) * Double(gemm.n)
    let rate =
      gemm.dtype == .f32 ? CostModel.singleOperation : gemm.dtype == .f64 ? CostModel.doubleOperation : 0.5
    let share = gemm.order == .symmetry ? gemm.shareBySymmetry : 1
    return max(operations * rate * share, elements * Double(gemm.dtype.byteCount) * byte) + 50
  }

  /// Of one slice.
  static func nanoseconds(_ routine: LibraryRoutine) -> Double {
    let extents = zip(routine.definition.parameters, routine.parameters).compactMap { parameter, value in
      if case .extent = parameter { Double(value) } else { nil }
    }
    let first = extents.first ?? 0
    let second = extents.count > 1 ? extents[1] : first
    let cube = first * second * min(first, second)
    return switch routine.function {
    case .cholesky: 50 + first * first + 0.1 * cube
    case .triangularSolve: 50 + first * first * second * 0.2
    case .lu: 50 + first * second + 0.2 * cube
    case .adjugate: 100 + cube
    case .qr: 500 + 5 * first * second + cube
    case .eigh: 1000 + 10 * first * first + 3 * cube
    case .svd: 2000 + 20 * first * second + 6 * cube
    case .argsort: 20 + 3 * first * Double(Int.bitWidth - Int(first).leadingZeroBitCount)
    case .cumsum, .cumprod, .cummax, .cummin, .linearRecurrence: 10 + 1.2 * first
    }
  }
}
