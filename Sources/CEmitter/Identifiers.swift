/// Hands out C identifiers for arbitrary names: valid, distinct, and the same for the same sequence of names.
struct Identifiers {
  private var taken: Set<String>
  /// Where to go on counting for a name that was given before: a program has many buffers of one name.
  private var nextNumbers: [String: Int] = [:]

  init(reserving names: Set<String> = []) { taken = names }

  /// An identifier that resembles `name`; `fallback` where nothing of it is left.
  mutating func allocate(_ name: String, fallback: String) -> String {
    var base = Identifiers.sanitised(name)
    if base.isEmpty { base = fallback }
    if Identifiers.isReserved(base) { base += "_" }
    var candidate = base
    if taken.contains(candidate) {
      var number = nextNumbers[base] ?? 2
      repeat {
        candidate = "\(base)_\(number)"
        number += 1
      } while taken.contains(candidate)
      nextNumbers[base] = number
    }
    taken.insert(candidate)
    return candidate
  }

  /// The ASCII letters, digits and single underscores of a name, starting with a letter, at most 40.
  static func sanitised(_ name: String) -> String {
    var bytes: [UInt8] = []
    for byte in name.utf8 {
      if bytes.count == 40 { break }
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte)
      case UInt8(ascii: "0")...UInt8(ascii: "9"): if !bytes.isEmpty { bytes.append(byte) }
      default: if bytes.last.map({ $0 != UInt8(ascii: "_") }) ?? false { bytes.append(UInt8(ascii: "_")) }
      }
    }
    while bytes.last == UInt8(ascii: "_") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether an identifier means something else in emitted code or in the headers it includes.
  static func isReserved(_ name: String) -> Bool {
    if words.contains(name) || PortableHelper.isName(name) { return true }
    if ["_t", "_WORKSPACE_BYTES"].contains(where: name.hasSuffix) { return true }
    if prefixes.contains(where: name.hasPrefix) { return true }
    return isLocal(name)
  }

  /// Names that the emitters give: `i3`, `n3`, `v3`, `k3_…`, `f3`, `tf3`, `af3`, `sf`.
  private static func isLocal(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    var letters = 0
    while letters < bytes.count, bytes[letters] > UInt8(ascii: "9") && bytes[letters] != UInt8(ascii: "_") {
      letters += 1
    }
    var digits = letters
    while digits < bytes.count, bytes[digits] <= UInt8(ascii: "9") { digits += 1 }
    guard letters >= 1, letters <= 2, digits > letters else { return false }
    let isWhole = digits == bytes.count
    let last = bytes[letters - 1]
    if letters == 1, last == UInt8(ascii: "k") { return digits < bytes.count }
    // Of a few vectors each has a number.
    if letters == 1, last == UInt8(ascii: "v"), digits < bytes.count { return bytes[digits] == UInt8(ascii: "_") }
    if letters == 1, Array("inv".utf8).contains(last) { return isWhole }
    let first = bytes[0]
    return isWhole && Array("fdjlc".utf8).contains(last)
      && (letters == 1 || first == UInt8(ascii: "t") || first == UInt8(ascii: "a"))
  }

  private static let prefixes = [
    "GRADC_", "vector_", "f32x", "f64x", "i8x", "i32x", "i64x", "u32x", "u64x", "boolx", "tile_", "lanes_", "scalar_",
    "blas_", "gradc_", "bits_", "constant_", "spill_", "M_", "FP_", "MATH_",
    "INT", "UINT", "HUGE_",
    "SIZE_", "PTRDIFF_", "WCHAR_", "WINT_", "SIG_", "mem", "str", "is",
  ]

  private static let words: Set<String> = {
    let keywords = """
      auto break case char const continue default do double else enum extern float for goto if inline int long \
      register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while \
      asm typeof bool true false class new delete this template typename namespace public private protected using \
      virtual operator try catch throw friend explicit export mutable and or not xor nullptr constexpr alignas alignof
      """
    let macros = "NAN INFINITY NULL EOF linux unix i386 signbit fpclassify"
    let own = """
      arena scratch buffers tapes tape status done workspace width main n \
      chunk_start chunk_end chunk_buffers chunk_scratch
      """
    let functions = """
      abort abs atexit atof atoi atol bsearch calloc div exit free getenv labs ldiv llabs lldiv malloc qsort rand \
      realloc srand system remove rename printf scanf puts gets time clock signal raise index rindex bcmp bcopy bzero \
      ffs read write open close pipe link unlink access sync sleep alarm pause fork wait select send recv bind \
      listen accept socket connect random environ errno gamma j0 j1 jn y0 y1 yn drem significand pow10 dot
      """
    let math = """
      acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs fdim floor fma \
      fmax fmin fmod frexp hypot ilogb ldexp lgamma llrint llround log log10 log1p log2 logb lrint lround modf nan \
      nearbyint nextafter nexttoward pow remainder remquo rint round scalbln scalbn scalb sin sinh sqrt tan tanh \
      tgamma trunc sincos exp10 finite roundeven
      """
    var words = Set<String>()
    for text in [keywords, macros, own, functions, math] {
      words.formUnion(text.split(separator: " ").map(String.init))
    }
    for function in math.split(separator: " ") { words.formUnion([function + "f", function + "l"].map(String.init)) }
    return words
  }()
}

/// A text that can stand inside `/* … */` on one line.
func commentText(_ text: String, limit: Int = 100) -> String {
  var result = ""
  var previous: UnicodeScalar = " "
  var count = 0
  for original in text.unicodeScalars {
    guard count < limit else {
      result += "..."
      break
    }
    var scalar = original
    if !scalar.isPrintable { scalar = " " }
    if scalar == "\\" { scalar = "/" }
    let opensOrCloses = (previous == "*" && scalar == "/") || (previous == "/" && scalar == "*")
    let isTrigraph = previous == "?" && scalar == "?"
    if opensOrCloses || isTrigraph { result += " " }
    result.unicodeScalars.append(scalar)
    previous = scalar
    count += 1
  }
  // A comment ends with "/" neither before its own end nor after its own start.
  return result
}

extension UnicodeScalar {
  fileprivate var isPrintable: Bool {
    if isASCII { return value >= 0x20 && value != 0x7F }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
    default: return true
    }
  }
}
