import GradCBenchmarks

extension RandomNumbers {
  /// Numbers uniform in a range.
  mutating func uniform(_ count: Int, in range: ClosedRange<Double> = 0...1) -> [Double] {
    (0..<count).map { _ in range.lowerBound + (range.upperBound - range.lowerBound) * uniform() }
  }

  mutating func uniform(_ rows: Int, _ columns: Int, in range: ClosedRange<Double> = 0...1) -> [[Double]] {
    (0..<rows).map { _ in uniform(columns, in: range) }
  }

  mutating func normal(_ count: Int) -> [Double] { (0..<count).map { _ in normal() } }

  mutating func normal(_ rows: Int, _ columns: Int) -> [[Double]] { (0..<rows).map { _ in normal(columns) } }

  /// An index below a bound.
  mutating func index(below bound: Int) -> Int { min(bound - 1, Int(uniform() * Double(bound))) }
}
