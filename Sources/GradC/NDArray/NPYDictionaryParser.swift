import Basics

/// Reads the dictionary of a `.npy` head: a Python literal with the keys `descr`, `fortran_order` and `shape`.
struct NPYDictionaryParser {
  struct Entries {
    var descr: String
    var isFortranOrder: Bool
    var extents: [Int]
  }

  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  /// A parser of these bytes, which outlive it.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The three entries.
  ///
  /// - Throws: `Diagnostic` if the text is anything else.
  mutating func parse() throws(Diagnostic) -> Entries {
    var descr: String?
    var isFortranOrder: Bool?
    var extents: [Int]?
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where descr == nil: descr = try typeString()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try truthValue()
      case "shape" where extents == nil: extents = try tuple()
      default: throw fault("has the unexpected or repeated key '\(key.prefix(40))'")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == bytes.count else { throw fault("goes on after its dictionary") }
    guard let descr, let isFortranOrder, let extents else {
      throw fault("lacks one of the keys 'descr', 'fortran_order' and 'shape'")
    }
    return Entries(descr: descr, isFortranOrder: isFortranOrder, extents: extents)
  }

  private func fault(_ message: String) -> Diagnostic { Diagnostic("the .npy file's head \(message)") }

  private mutating func skipSpace() {
    while position < bytes.count, bytes[position] == 0x20 || (0x09...0x0D).contains(bytes[position]) { position += 1 }
  }

  /// `true` if the next character is this one, which is then behind.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Diagnostic) {
    guard take(character) else {
      throw fault("is malformed: '\(character)' expected at byte \(position) of its dictionary")
    }
  }

  private mutating func string() throws(Diagnostic) -> String {
    let quote: UInt8 = take("'") ? UInt8(ascii: "'") : UInt8(ascii: "\"")
    if quote == UInt8(ascii: "\"") { try expect("\"") }
    let start = position
    while position < bytes.count, bytes[position] != quote {
      if bytes[position] == UInt8(ascii: "\\") { throw fault("has an escape in a string") }
      position += 1
    }
    guard position < bytes.count else { throw fault("has a string without end") }
    defer { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func typeString() throws(Diagnostic) -> String {
    skipSpace()
    if position < bytes.count, bytes[position] == UInt8(ascii: "[") {
      throw Diagnostic("the .npy file holds records with fields; GradC reads plain numbers only", kind: .unsupported)
    }
    return try string()
  }

  private mutating func truthValue() throws(Diagnostic) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw fault("has neither True nor False for 'fortran_order'")
  }

  private mutating func tuple() throws(Diagnostic) -> [Int] {
    try expect("(")
    var extents: [Int] = []
    while !take(")") {
      guard extents.count < NPYHeader.maximumRank else {
        throw fault("has a shape with more than \(NPYHeader.maximumRank) axes")
      }
      extents.append(try integer())
      if !take(",") {
        guard extents.count > 1 else { throw fault("has a shape that is no tuple") }
        try expect(")")
        break
      }
    }
    return extents
  }

  private mutating func integer() throws(Diagnostic) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(digit))
      if overflow || carry { throw fault("has an extent that does not fit 64 bits") }
      value = sum
      position += 1
    }
    guard position > start else { throw fault("has an extent that is no number at byte \(position) of its dictionary") }
    // Python 2 wrote long integers this way.
    _ = take("L")
    return value
  }
}
