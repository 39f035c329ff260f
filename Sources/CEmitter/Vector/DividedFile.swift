import KernelIR

/// A long file as several units that compilers translate side by side. All have what stands before the functions; the
/// first has the entries, each of the others some of the functions, which are known to all.
struct DividedFile {
  private let text: [UInt8]
  private let functions: [Range<Int>]

  /// The least text of functions of a unit: a compiler needs a second or less for it.
  private static let unitByteCount = 64 << 10

  /// - Parameter functions: Where in the text those functions are that other units may have, ascending.
  /// - Returns: `nil` if there is too little for two units.
  init?(_ text: [UInt8], _ functions: [Range<Int>]) {
    guard functions.count > 1, functions.reduce(0, { $0 + $1.count }) >= 2 * Self.unitByteCount else { return nil }
    (self.text, self.functions) = (text, functions)
  }

  /// Of variables that units share.
  static let pointerStorage = "GRADC_POINTER"
  private static let functionStorage = "GRADC_FUNCTION"

  static let storageClasses = """
    #ifndef GRADC_UNIT
    #define GRADC_FUNCTION static
    #define GRADC_POINTER static
    #else
    #define GRADC_FUNCTION __attribute__((visibility("hidden")))
    #if GRADC_UNIT
    #define GRADC_POINTER extern __attribute__((visibility("hidden")))
    #else
    #define GRADC_POINTER __attribute__((visibility("hidden")))
    #endif
    #endif

    """

  private static let storage = Array("static".utf8)
  private static let newline = UInt8(ascii: "\n")

  /// The definitions in a text of functions, from `static` to the brace; braces around bodies stand alone in a line.
  static func functions(in text: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var open: Int?
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: newline) ?? text.count
      if let first = open {
        if end - start == 1, text[start] == UInt8(ascii: "}") {
          found.append(first..<min(end + 1, text.count))
          open = nil
        }
      } else if end > start, text[end - 1] == UInt8(ascii: ")"), text[start..<end].starts(with: storage) {
        open = start
      }
      start = end + 1
    }
    return found
  }

  /// Writes the text; what has been written before belongs to all units.
  ///
  /// - Returns: The ranges of what has been written that make up each unit.
  func write(to out: inout ByteWriter) -> [[Range<Int>]] {
    for function in functions {
      let head = text[function].prefix { $0 != Self.newline }
      out.write(string: Self.functionStorage)
      out.write(bytes: Array(head.dropFirst(Self.storage.count)))
      out.write(";\n")
    }
    let head = 0..<out.bytes.count
    var units: [[Range<Int>]] = [[head]]
    var (position, byteCount) = (0, Self.unitByteCount)
    for function in functions {
      let start = out.bytes.count
      out.write(bytes: Array(text[position..<function.lowerBound]))
      let middle = out.bytes.count
      out.write(string: Self.functionStorage)
      out.write(bytes: Array(text[(function.lowerBound + Self.storage.count)..<function.upperBound]))
      position = function.upperBound
      units[0].append(start..<middle)
      if byteCount >= Self.unitByteCount {
        units.append([head])
        byteCount = 0
      }
      units[units.count - 1].append(middle..<out.bytes.count)
      byteCount += function.count
    }
    let start = out.bytes.count
    out.write(bytes: Array(text[position...]))
    units[0].append(start..<out.bytes.count)
    return units
  }
}

extension Range<Int> {
  func shifted(by count: Int) -> Range<Int> { (lowerBound + count)..<(upperBound + count) }
}
