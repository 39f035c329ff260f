import Foundation
public import GradC

/// Images of handwritten digits, 8×8, with what they show; see `README.md` next to the data for their origin.
public struct Digits: Sendable {
  /// `[count, 64]` of `f32`, each from 0 to 1.
  public let images: NDArray
  /// `[count]` of `i32`, each from 0 to 9.
  public let labels: NDArray

  /// The number of images.
  public var count: Int { labels.count }

  /// The number of values of one image.
  public static let pixelCount = 64
  /// The number of digits.
  public static let classCount = 10

  /// Images of grey values from 0 to 16, row by row, and their labels.
  ///
  /// - Throws: `Diagnostic` if there are not 64 values for every label.
  public init(pixels: [Float], labels: [Int32]) throws(Diagnostic) {
    images = try NDArray(pixels.map { $0 / 16 }, shape: [labels.count, Digits.pixelCount])
    self.labels = NDArray(labels)
  }

  /// Reads lines of 64 grey values from 0 to 16 and a label from 0 to 9, separated by commas.
  ///
  /// - Parameter path: The file; `nil` is the data that comes with GradC.
  /// - Throws: `Diagnostic` with the path, and the line if there is one to blame, if the file can't be read or is
  ///   malformed.
  public init(contentsOf path: String? = nil) throws(Diagnostic) {
    let path = if let path { path } else { try Digits.pathOfIncludedFile() }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw Diagnostic("\(path): the file can't be read")
    }
    var pixels: [Float] = []
    var labels: [Int32] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let fields = String(decoding: line, as: UTF8.self).split(whereSeparator: { ", \r\t".contains($0) })
      if fields.isEmpty { continue }
      let numbers = fields.compactMap { Int32($0) }
      guard numbers.count == fields.count, numbers.count == Digits.pixelCount + 1,
        numbers.dropLast().allSatisfy({ 0...16 ~= $0 }), let label = numbers.last, 0..<10 ~= label
      else {
        throw Diagnostic(
          "there should be 64 numbers from 0 to 16 and one from 0 to 9", at: SourceLocation(file: path, line: index + 1)
        )
      }
      pixels += numbers.dropLast().map { Float($0) }
      labels.append(label)
    }
    if labels.isEmpty { throw Diagnostic("\(path): there is no image in the file") }
    try self.init(pixels: pixels, labels: labels)
  }

  /// Two parts: the first `count` positions of `order`, and the others.
  ///
  /// - Throws: `Diagnostic` if `order` has a position that is not there, or too few for the first part.
  public func split(_ order: [Int], first count: Int) throws(Diagnostic) -> (Digits, Digits) {
    guard 0...order.count ~= count, order.allSatisfy({ 0..<self.count ~= $0 }) else {
      throw Diagnostic("\(count) of \(order.count) positions can't be taken from \(self.count) images")
    }
    return (try selecting(order[..<count]), try selecting(order[count...]))
  }

  /// Every fifth image, from the first one on, for testing, and all others for training. No seed says how hard the test
  /// is: accuracies of random splits of the data that comes with GradC go from 0.96 to 1.00.
  public func split() throws(Diagnostic) -> (training: Digits, test: Digits) {
    let places = Array(0..<count)
    let (training, test) = (places.filter { $0 % 5 != 0 }, places.filter { $0 % 5 == 0 })
    let parts = try split(training + test, first: training.count)
    return (parts.0, parts.1)
  }

  private func selecting(_ positions: ArraySlice<Int>) throws(Diagnostic) -> Digits {
    let (pixels, classes) = (try images.array(of: Float.self), try labels.array(of: Int32.self))
    let size = Digits.pixelCount
    return try Digits(
      pixels: positions.flatMap { pixels[($0 * size)..<(($0 + 1) * size)].map { $0 * 16 } },
      labels: positions.map { classes[$0] })
  }
}

extension Digits {
  /// Where `digits.csv` is: next to the program in its resource bundle, in `share/gradc` of where the program is
  /// installed, or in the sources it was built from.
  private static func pathOfIncludedFile() throws(Diagnostic) -> String {
    // Not `Bundle.module`, which stops the process where it finds nothing.
    let program = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let candidates = [
      program?.appendingPathComponent("GradC_GradCData.resources"),
      program?.appendingPathComponent("GradC_GradCData.bundle"),
      program?.deletingLastPathComponent().appendingPathComponent("share/gradc"), source,
    ].compactMap { $0?.appendingPathComponent("digits.csv").path }
    guard let path = candidates.first(where: FileManager.default.isReadableFile) else {
      throw Diagnostic("digits.csv is in none of \(candidates.joined(separator: ", ")); name the file")
    }
    return path
  }
}
