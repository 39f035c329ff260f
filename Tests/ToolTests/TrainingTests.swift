import Foundation
import GradCData
import TestSupport
import Testing

@Suite struct TrainingTests {
  private func train(_ arguments: [String], in folder: TemporaryFolder) throws -> String {
    let outcome = try ToolRunner.run(["train", "digits"] + arguments, in: folder.url)
    #expect(outcome.hasExited && outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  private func weights(_ folder: TemporaryFolder) throws -> [String: Data] {
    let place = folder.file("out/weights")
    let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: place.appendingPathComponent($0))) })
  }

  @Test func readsDigits() throws {
    let folder = try TemporaryFolder()
    let output = try train([], in: folder)
    #expect(output.contains("1437 training and 360 test images"))
    let accuracy = try #require(output.firstMatch(of: /test accuracy ([0-9.]+)/).flatMap { Double($0.1) })
    #expect((0.97...0.99).contains(accuracy), "typical of a network of this size")
    let source = try String(contentsOf: folder.file("out/digits_step.c"), encoding: .utf8)
    #expect(source.contains("#include \"digits_step.h\""))
    #expect(try !String(contentsOf: folder.file("out/digits_step.h"), encoding: .utf8).isEmpty)
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    let folders = try (0..<3).map { _ in try TemporaryFolder() }
    for (folder, seed) in zip(folders, [7, 7, 8]) { _ = try train(["--epochs", "2", "--seed", "\(seed)"], in: folder) }
    let all = try folders.map { try weights($0) }
    #expect(all[0].count == 6)
    #expect(all[0] == all[1])
    #expect(all[0] != all[2])
  }

  @Test func wrongOptionsAreExplained() throws {
    let folder = try TemporaryFolder()
    try ToolRunner.fail(["train", "digits", "--batch", "0"], status: 64, "--batch")
    try ToolRunner.fail(["train", "digits", "--epochs", "-1"], status: 64, "epochs")
    try ToolRunner.fail(["train", "digits", "--batch", "5000"], "5000")
    for path in ["step.h", "a\"b.c", ""] {
      try ToolRunner.fail(["train", "digits", "--c-output", path], status: 64, "--c-output")
    }
    let file = try folder.write("", "file")
    let outcome = try ToolRunner.run(["train", "digits", "--weights-output", file], in: folder.url)
    #expect(outcome.status == 1 && outcome.errors.contains("the folder can't be made: File exists"))
    #expect(outcome.output.isEmpty, "nothing is trained in vain")
    try ToolRunner.fail(["train", "digits", "--data", "absent.csv"], "absent.csv")
    try ToolRunner.fail(["train", "digits", "--data", try folder.write("1,2,3\n", "short.csv")], "short.csv:1")
  }

  @Test func includedDigits() throws {
    let digits = try Digits()
    #expect(digits.count == 1797)
    #expect(digits.images.shape.extents == [1797, 64])
    let (training, test) = try digits.split()
    #expect(training.count == 1437 && test.count == 360)
    func rows(_ digits: Digits) throws -> [ArraySlice<Float>] {
      let pixels = try digits.images.array(of: Float.self)
      return (0..<digits.count).map { pixels[($0 * 64)..<(($0 + 1) * 64)] }
    }
    // No image is there twice.
    let (all, parts) = (Set(try rows(digits)), try rows(training) + rows(test))
    #expect(all.count == 1797 && parts.count == 1797 && Set(parts) == all)
  }
}
