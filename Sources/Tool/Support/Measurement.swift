import Foundation

/// Repeated measurements of one thing, in seconds.
struct Measurement: Codable {
  /// Half of the measurements are below.
  let median: Double
  /// A quarter is below.
  let lower: Double
  /// A quarter is above.
  let upper: Double
  /// How many there are.
  let count: Int

  init(_ seconds: [Double]) {
    let sorted = seconds.sorted()
    median = Measurement.quantile(sorted, 0.5)
    lower = Measurement.quantile(sorted, 0.25)
    upper = Measurement.quantile(sorted, 0.75)
    count = sorted.count
  }

  /// Linear between neighbours.
  static func quantile(_ sorted: [Double], _ fraction: Double) -> Double {
    guard let last = sorted.last else { return 0 }
    let place = fraction * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
  }

  /// The median, and in brackets the middle half of the measurements.
  var text: String { "\(Measurement.text(median)) (\(Measurement.text(lower)) – \(Measurement.text(upper)))" }

  /// A time in the unit that suits it, to three digits.
  static func text(_ seconds: Double) -> String {
    switch abs(seconds) {
    case ..<1e-6: "\(digits(seconds * 1e9)) ns"
    case ..<1e-3: "\(digits(seconds * 1e6)) µs"
    case ..<1: "\(digits(seconds * 1e3)) ms"
    default: "\(digits(seconds)) s"
    }
  }

  /// A number to three digits.
  static func digits(_ number: Double) -> String {
    let size = abs(number)
    return String(format: size >= 99.95 ? "%.0f" : size >= 9.995 ? "%.1f" : "%.2f", number)
  }
}

/// Runs things and takes the time.
enum Stopwatch {
  /// The seconds `body` takes.
  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start).seconds
  }

  /// The seconds of one run of each of two things, which run in turns so that what disturbs the machine disturbs both:
  /// as often as the first takes 0.02 seconds, `repetitions` times.
  static func pairs(
    _ repetitions: Int, _ first: () throws -> Void, _ second: () throws -> Void
  ) rethrows -> (first: [Double], second: [Double]) {
    let count = try iterations(lasting: 0.02, first)
    var times: (first: [Double], second: [Double]) = ([], [])
    for _ in 0..<repetitions {
      times.first.append(try seconds { for _ in 0..<count { try first() } } / Double(count))
      times.second.append(try seconds { for _ in 0..<count { try second() } } / Double(count))
    }
    return times
  }

  /// How often to run `body` so that it takes about `target` seconds; it has run a few times then.
  static func iterations(lasting target: Double, _ body: () throws -> Void) rethrows -> Int {
    var count = 1
    while true {
      let time = try seconds { for _ in 0..<count { try body() } }
      if time >= target / 4 || count >= 1 << 24 { return max(1, Int(Double(count) * target / max(time, 1e-9))) }
      count *= 4
    }
  }
}

extension Duration {
  var seconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
