import Basics
import KernelIR

/// A static function that the portable dialect writes when it is called.
enum PortableHelper: Hashable {
  case op(ScalarOp, DType)
  case cast(DType, DType)
  case clampIndex
  case isIndex
  case gemm(DType, isSymmetric: Bool)
  case library(LibrarySignature)
  case reserveRows
}

extension PortableHelper {
  /// Whether a helper has this name, or could have: then nothing else may.
  static func isName(_ text: String) -> Bool {
    if namesWithoutDType.contains(text) { return true }
    // Most names are none, for which the list need not be made.
    return endings.contains(where: text.hasSuffix) && namesWithDType.contains(text)
  }

  private static let namesWithoutDType = [
    PortableHelper.clampIndex.name, PortableHelper.isIndex.name, PortableHelper.reserveRows.name,
  ]

  private static let endings = DType.allCases.map(\.description) + ["_sign"]

  /// The names of all helpers there can be for a dtype.
  private static let namesWithDType: Set<String> = {
    var names: Set<String> = []
    for dtype in DType.allCases {
      names.formUnion([false, true].map { PortableHelper.gemm(dtype, isSymmetric: $0).name })
      for function in LibraryFunction.allCases {
        let name = LibrarySignature(function, dtype).portableName
        names.formUnion([name, name + "_sign"])
      }
      names.formUnion(ScalarOp.allCases.map { PortableHelper.op($0, dtype).name })
      names.formUnion(DType.allCases.map { PortableHelper.cast(dtype, $0).name })
    }
    return names
  }()

  var name: String {
    switch self {
    case .op(let op, let dtype): "\(op.name)_\(dtype)"
    case .cast(let from, let to): "\(from)_to_\(to)"
    case .clampIndex: "clamp_index"
    case .isIndex: "is_index"
    case .gemm(let dtype, let isSymmetric): isSymmetric ? "gemm_symmetric_\(dtype)" : "gemm_\(dtype)"
    case .library(let signature): signature.portableName
    case .reserveRows: "reserve_rows"
    }
  }

  /// The function of an op without a C operator: libm's, or a helper of this file.
  static func functionName(_ op: ScalarOp, _ dtype: DType, _ helpers: inout Set<PortableHelper>) -> String {
    let suffix = dtype == .f32 ? "f" : ""
    if dtype.isFloating {
      switch op {
      case .abs: return "fabs" + suffix
      case .rem: return "fmod" + suffix
      case .round: return "rint" + suffix
      case .sign, .rsqrt, .logistic, .min, .max, .exp10: break
      default: return op.name + suffix
      }
    }
    helpers.insert(.op(op, dtype))
    return PortableHelper.op(op, dtype).name
  }

  /// The definition.
  var definition: [String] {
    switch self {
    case .clampIndex:
      return [
        "static int64_t clamp_index(int64_t index, int64_t limit)", "{",
        "  return index < 0 ? 0 : index < limit ? index : limit - 1;", "}",
      ]
    case .isIndex:
      return [
        "static int is_index(int64_t index, int64_t limit)", "{", "  return index >= 0 && index < limit;", "}",
      ]
    case .cast(let from, let to): return castDefinition(from, to)
    case .gemm(let dtype, let isSymmetric): return gemmDefinition(dtype, isSymmetric)
    case .library(let signature): return signature.portableDefinition
    case .reserveRows: return Self.reserveRowsDefinition
    case .op(let op, let dtype): return opDefinition(op, dtype)
    }
  }

  /// With the type of tapes.
  private static let reserveRowsDefinition = [
    "/* Rows that a loop records whose number of iterations is not known before. */",
    "struct tape { void *rows; int64_t capacity; };", "",
    "/* Makes room for rows; nonzero if there is no memory. */",
    "static int reserve_rows(struct tape *tape, int64_t rows, int64_t row_bytes)", "{",
    "  int64_t bytes;", "  void *memory;",
    "  if (row_bytes > 0 && rows > INT64_MAX / row_bytes) return 1;",
    "  bytes = rows * row_bytes;",
    "  if (tape->rows && bytes <= tape->capacity) return 0;",
    "  if (bytes < 2 * tape->capacity) bytes = 2 * tape->capacity;",
    "  if (bytes < 64) bytes = 64;",
    "  if ((uint64_t)bytes > SIZE_MAX) return 1;",
    "  memory = realloc(tape->rows, (size_t)bytes);",
    "  if (!memory) return 1;",
    "  tape->rows = memory;", "  tape->capacity = bytes;", "  return 0;", "}",
  ]

  private func castDefinition(_ from: DType, _ to: DType) -> [String] {
    let suffix = from == .f32 ? "f" : ""
    let bits = to == .i32 ? 32 : 64
    let limit = (to == .i32 ? "2147483648.0" : "9223372036854775808.0") + suffix
    return [
      "static \(to.cName) \(name)(\(from.cName) x)", "{",
      "  if (x >= \(limit)) return INT\(bits)_MAX;",
      "  if (x <= -\(limit)) return INT\(bits)_MIN;",
      "  return x == x ? (\(to.cName))x : 0;", "}",
    ]
  }

  private func opDefinition(_ op: ScalarOp, _ dtype: DType) -> [String] {
    let type = dtype.cName
    let suffix = dtype == .f32 ? "f" : ""
    let unsigned = "u\(type)"
    let width = 8 * dtype.byteCount
    let binary = "static \(type) \(name)(\(type) a, \(type) b)"
    let unary = "static \(type) \(name)(\(type) x)"
    func function(_ head: String, _ lines: String...) -> [String] { [head, "{"] + lines.map { "  " + $0 } + ["}"] }
    if dtype.isFloating {
      let one = "1.0" + suffix
      switch op {
      case .rsqrt: return function(unary, "return \(one) / sqrt\(suffix)(x);")
      case .logistic: return function(unary, "return \(one) / (\(one) + exp\(suffix)(-x));")
      case .exp10: return function(unary, "return pow\(suffix)(10.0\(suffix), x);")
      case .sign: return function(unary, "return x > 0 ? \(one) : x < 0 ? -\(one) : x;")
      case .max: return function(binary, "return a > b || a != a ? a : b;")
      case .min: return function(binary, "return a < b || a != a ? a : b;")
      default: return []
      }
    }
    switch op {
    case .add: return function(binary, "return (\(type))((\(unsigned))a + (\(unsigned))b);")
    case .sub: return function(binary, "return (\(type))((\(unsigned))a - (\(unsigned))b);")
    case .mul: return function(binary, "return (\(type))((\(unsigned))a * (\(unsigned))b);")
    case .neg: return function(unary, "return (\(type))(0 - (\(unsigned))x);")
    case .abs: return function(unary, "return x < 0 ? (\(type))(0 - (\(unsigned))x) : x;")
    case .sign: return function(unary, "return (x > 0) - (x < 0);")
    case .max: return function(binary, "return a > b ? a : b;")
    case .min: return function(binary, "return a < b ? a : b;")
    case .div:
      return function(binary, "if (b == 0) return 0;", "return b == -1 ? (\(type))(0 - (\(unsigned))a) : a / b;")
    case .rem: return function(binary, "if (b == 0) return a;", "return b == -1 ? 0 : a % b;")
    case .shl: return function(binary, "return b < 0 || b >= \(width) ? 0 : (\(type))((\(unsigned))a << b);")
    case .lshr: return function(binary, "return b < 0 || b >= \(width) ? 0 : (\(type))((\(unsigned))a >> b);")
    case .ashr:
      return function(
        binary, "const \(type) n = b < 0 || b >= \(width) ? \(width - 1) : b;", "return a < 0 ? ~(~a >> n) : a >> n;")
    case .popcount:
      return function(
        unary, "\(type) count = 0;", "for (\(unsigned) rest = (\(unsigned))x; rest; rest &= rest - 1) ++count;",
        "return count;")
    default: return []
    }
  }

  private func gemmDefinition(_ dtype: DType, _ isSymmetric: Bool) -> [String] {
    let type = dtype.cName
    let isInteger = dtype.isInteger
    let term =
      isInteger
      ? "(u\(type))a[i * a_row + p * a_column] * (u\(type))b[p * b_row + j * b_column]"
      : "a[i * a_row + p * a_column] * b[p * b_row + j * b_column]"
    let sum = isInteger ? "u\(type)" : type
    let start = isInteger ? "(u\(type))c[i * c_row + j]" : "c[i * c_row + j]"
    let note = isSymmetric ? " The product is symmetric: half of it is computed." : ""
    return [
      "/* c = a b, or c += a b; matrices are given by the steps between rows and between columns.\(note) */",
      "static void \(name)(int64_t m, int64_t n, int64_t k, const \(type) *a, int64_t a_row, int64_t a_column,",
      "  const \(type) *b, int64_t b_row, int64_t b_column, \(type) *c, int64_t c_row, int accumulate)", "{",
      "  for (int64_t i = 0; i < m; ++i) {",
      "    for (int64_t j = 0; j < \(isSymmetric ? "n && j <= i" : "n"); ++j) {",
      "      \(sum) sum = accumulate ? \(start) : 0;",
      "      for (int64_t p = 0; p < k; ++p)",
      "        sum += \(term);",
      "      \(isSymmetric ? "c[j * c_row + i] = " : "")c[i * c_row + j] = \(isInteger ? "(\(type))" : "")sum;",
      "    }", "  }", "}",
    ]
  }
}
