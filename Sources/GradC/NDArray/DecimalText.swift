/// A finite number in decimal, `0.d₁d₂d₃… · 10^exponent`, with the fewest digits that read back to the same value.
struct DecimalText {
  private(set) var isNegative: Bool
  /// Values 0…9 without zeros at either end; empty for zero.
  private(set) var digits: [UInt8]
  private(set) var exponent: Int

  /// The digits of `text`, what Swift prints for a finite `Float` or `Double`.
  init(_ text: String) {
    isNegative = text.hasPrefix("-")
    digits = []
    exponent = 0
    var pointSeen = false
    var scale = 0
    var rest = text.utf8.drop { $0 == UInt8(ascii: "-") }
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: ".") {
        pointSeen = true
      } else if byte == UInt8(ascii: "e") {
        scale = Int(Substring(rest)) ?? 0
        break
      } else {
        digits.append(byte &- UInt8(ascii: "0"))
        if !pointSeen { exponent += 1 }
      }
    }
    exponent += scale
    let zeros = digits.prefix { $0 == 0 }.count
    digits.removeFirst(zeros)
    exponent -= zeros
    trim()
  }

  private mutating func trim() {
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty { exponent = 0 }
  }

  /// Keeps at most `count` leading digits, rounding half away from zero.
  private mutating func keep(_ count: Int) {
    guard count < digits.count else { return }
    if count < 0 {
      digits = []
    } else {
      let roundsUp = digits[count] >= 5
      digits.removeSubrange(count...)
      if roundsUp { increment() }
    }
    trim()
  }

  private mutating func increment() {
    var index = digits.count - 1
    while index >= 0, digits[index] == 9 {
      digits[index] = 0
      index -= 1
    }
    if index >= 0 {
      digits[index] += 1
    } else {
      digits.insert(1, at: 0)
      exponent += 1
    }
  }

  /// Rounds to at most this many digits after the point.
  mutating func round(fractionDigits: Int) { keep(exponent + fractionDigits) }

  /// Rounds to at most this many significant digits.
  mutating func round(significantDigits: Int) { keep(significantDigits) }

  /// The digits needed after the point.
  var fractionDigitCount: Int { max(0, digits.count - exponent) }

  /// `whole.fraction` with at least one digit before the point, as in `-12.25`, `3.`.
  var fixed: (whole: String, fraction: String) {
    let sign = isNegative ? "-" : ""
    func text(_ part: some Collection<UInt8>) -> String { part.map(String.init).joined() }
    if exponent <= 0 {
      return (sign + "0", String(repeating: "0", count: digits.isEmpty ? 0 : -exponent) + text(digits))
    }
    let whole = text(digits.prefix(exponent)) + String(repeating: "0", count: max(0, exponent - digits.count))
    return (sign + whole, text(digits.dropFirst(exponent)))
  }

  /// `mantissa` and power of ten, as in `-1.25` and `-7`.
  var scientific: (whole: String, fraction: String, power: Int) {
    var mantissa = self
    mantissa.exponent = digits.isEmpty ? 0 : 1
    let (whole, fraction) = mantissa.fixed
    return (whole, fraction, digits.isEmpty ? 0 : exponent - 1)
  }
}
