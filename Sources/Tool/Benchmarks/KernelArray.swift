import Foundation
import GradC

/// An array of floats on cache lines of its own.
final class KernelArray {
  let address: UnsafeMutableRawPointer
  private let count: Int

  /// Zeros, or numbers between -1 and 1, or 0 and 1, that depend on a phase.
  init(count: Int, phase: Double? = nil, isPositive: Bool = false) {
    self.count = count
    address = .allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
    let elements = address.bindMemory(to: Float.self, capacity: count)
    for index in 0..<count {
      let value = phase.map { sin(0.37 * Double(index) + $0) } ?? 0
      elements[index] = Float(isPositive ? value.magnitude : value)
    }
  }

  deinit { address.deallocate() }

  /// The largest difference, relative to the size of an element or to 1.
  func largestDifference(from other: KernelArray) -> Double {
    let (mine, theirs) = (
      address.assumingMemoryBound(to: Float.self), other.address.assumingMemoryBound(to: Float.self)
    )
    var largest = 0.0
    for index in 0..<count {
      let (a, b) = (Double(mine[index]), Double(theirs[index]))
      let difference = abs(a - b) / max(1, abs(b))
      largest = difference.isNaN ? .infinity : max(largest, difference)
    }
    return largest
  }
}
