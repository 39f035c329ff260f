internal import Foundation
public import GradC

/// Where the numbers of a parameter come from: files, or a generator of numbers distributed as those in the files.
public struct Input: Sendable {
  /// Draws the numbers of a parameter, in row-major order.
  public typealias Numbers = @Sendable (inout RandomNumbers, _ count: Int) -> [Double]

  /// The numbers in files, as ``NumberFile`` names them; what is in several stands one behind the other.
  public let files: [String]
  private let numbers: Numbers

  /// Numbers of one file.
  public init(_ file: String, _ numbers: @escaping Numbers) { self.init([file], numbers) }

  /// Numbers of several files, one behind the other.
  public init(_ files: [String], _ numbers: @escaping Numbers) {
    self.files = files
    self.numbers = numbers
  }

  /// The same with files in a folder, unless they are in one already.
  func inFolder(_ folder: String) -> Input {
    Input(files.map { $0.contains("/") ? $0 : "\(folder)/\($0)" }, numbers)
  }

  /// Random numbers for a parameter of this type.
  ///
  /// - Throws: `Diagnostic` if there is no memory.
  public func array(of type: TensorType, from generator: inout RandomNumbers) throws(Diagnostic) -> NDArray {
    try NDArray(numbers(&generator, type.elementCount), shape: type.shape).cast(to: type.dtype)
  }

  /// The numbers in the files for a parameter of this type; a file's shape need not be the parameter's.
  ///
  /// - Throws: `Diagnostic` if a file can't be read or has the wrong number of elements.
  public func array(of type: TensorType, in folder: String) throws(Diagnostic) -> NDArray {
    if files.count == 1 { return try NumberFile(files[0]).array(in: folder).reshaped(type.shape).cast(to: type.dtype) }
    var elements: [Double] = []
    for file in files {
      elements += try NumberFile(file).array(in: folder).cast(to: .f64).array(of: Double.self)
    }
    return try NDArray(elements, shape: type.shape).cast(to: type.dtype)
  }
}

/// A `.npy` file below a folder, without the ending: `W4/S`; or one element of it: `W1/xy[1]`.
public struct NumberFile: Sendable {
  private let path: String
  private let element: Int?

  /// The file or element of a name.
  public init(_ name: String) {
    let parts = name.split(separator: "[")
    path = String(parts.first ?? "")
    element = parts.count == 2 ? Int(parts[1].dropLast()) : nil
  }

  /// All elements, or the one.
  ///
  /// - Throws: `Diagnostic` if there is no such file or element.
  public func array(in folder: String) throws(Diagnostic) -> NDArray {
    let array = try NDArray(contentsOfNPYFile: "\(folder)/\(path).npy")
    guard let element else { return array }
    guard let number = array[element] else { throw Diagnostic("\(path) has no element \(element)") }
    return NDArray(number)
  }
}

/// Pseudo-random numbers, the same on every machine.
public struct RandomNumbers: Sendable {
  private var state: UInt64

  /// Numbers that depend on a seed.
  public init(seed: UInt64) { state = seed }

  /// Uniform in 0..<1, by SplitMix64 (Steele, Lea and Flood 2014).
  public mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }

  /// Normal with mean 0 and deviation 1 (Box and Muller 1958).
  public mutating func normal() -> Double {
    let radius = (-2 * Foundation.log(1 - uniform())).squareRoot()
    return radius * Foundation.cos(2 * Double.pi * uniform())
  }
}

extension Input {
  /// `mean + deviation · z` with normal z.
  static func normal(_ file: String, mean: Double = 0, deviation: Double = 1) -> Input {
    Input(file) { generator, count in (0..<count).map { _ in mean + deviation * generator.normal() } }
  }

  /// Uniform in a range.
  static func uniform(_ file: String, _ range: ClosedRange<Double>) -> Input {
    Input(file) { generator, count in
      (0..<count).map { _ in range.lowerBound + (range.upperBound - range.lowerBound) * generator.uniform() }
    }
  }

  /// Integers from 0 below a bound.
  static func integers(_ file: String, below bound: Int) -> Input {
    Input(file) { generator, count in
      (0..<count).map { _ in (Double(bound) * generator.uniform()).rounded(.down) }
    }
  }

  static func zeros(_ file: String) -> Input { Input(file) { _, count in [Double](repeating: 0, count: count) } }

  /// Weights of a layer with so many inputs, before a ReLU (He et al. 2015).
  static func he(_ file: String, _ inputs: Int) -> Input {
    .normal(file, deviation: (2 / Double(inputs)).squareRoot())
  }

  /// Weights and biases of layers, `W1`, `b1`, `W2`, …, the biases normal with a small deviation or 0.
  static func network(_ widths: [Int], biasDeviation: Double = 0) -> [Input] {
    widths.dropLast().enumerated().flatMap { index, width in
      [he("W\(index + 1)", width), .normal("b\(index + 1)", deviation: biasDeviation)]
    }
  }
}
