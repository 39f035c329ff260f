import Foundation
import Testing

@Suite struct BenchCommandTests {
  private func json(_ text: String) throws -> [[String: Any]] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
  }

  @Test func modelsGiveEveryPhase() throws {
    let text = try ToolRunner.succeed("bench", "scalar", "mlp", "--repetitions", "2", "--json")
    let reports = try json(text)
    #expect(reports.compactMap { $0["model"] as? String } == ["scalar", "mlp"])
    let phases = try #require(reports[0]["phases"] as? [[String: Any]]).compactMap { $0["name"] as? String }
    #expect(
      phases == [
        "trace", "transform", "optimise", "lower", "emit", "compile", "all of these", "first call", "per call",
      ])
    #expect(try ToolRunner.succeed("bench", "scalar", "--repetitions", "1").contains("per call"))
  }

  @Test func scaleGivesEverySize() throws {
    let reports = try json(try ToolRunner.succeed("bench", "scale", "1000", "3000", "--json"))
    #expect(reports.compactMap { $0["written"] as? Int } == [1000, 3000])
    #expect(reports.allSatisfy { ($0["peakBytes"] as? Int ?? 0) > 1_000_000 })
  }

  @Test func loopsGiveTimesAndMemory() throws {
    let text = try ToolRunner.succeed(
      "bench", "loops", "--steps", "20", "--repetitions", "1", "--lengths", "250", "4096", "--json")
    let report = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect((report["times"] as? [[String: Any]])?.count == 5)
    let memory = try #require(report["memory"] as? [[String: Any]])
    func bytes(_ kind: String) -> [Int] {
      memory.filter { $0["checkpoints"] as? String == kind }.compactMap { $0["bytes"] as? Int }
    }
    // 16 times the steps.
    let (all, few) = (bytes("every step"), bytes("logarithmic"))
    #expect(all[1] > 8 * all[0] && few[1] < 2 * few[0] && few[1] < all[1] / 100)
  }

  @Test func sparseComparesWithForwardMode() throws {
    let reports = try json(
      try ToolRunner.succeed(
        "bench", "sparse", "--blocks", "600", "--cameras", "5", "--points", "50", "--repetitions", "1", "--json"))
    #expect(reports.compactMap { $0["entries"] as? Int } == [600 * 28, 600 * 28, 600 * 29])
    #expect(reports.allSatisfy { ($0["largestDifference"] as? Double ?? 1) < 1e-12 })
  }

  @Test func everyOperationIsListed() throws {
    let text = try ToolRunner.succeed("ops")
    for name in ["add", "scan", "while", "svd", "scatter_add"] { #expect(text.contains("\n\(name) ")) }
  }

  @Test func kernelsAgreeWithHandWrittenC() throws {
    let reports = try json(
      try ToolRunner.succeed("bench", "kernels", "--sizes", "1000", "--repetitions", "1", "--json"))
    #expect(reports.count >= 6)
  }

  @Test func workloadsGiveTimesAndAreCompared() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("workloads-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let (sums, figures) = (folder.appendingPathComponent("sums.json"), folder.appendingPathComponent("figures.json"))
    let names = ["W1", "W3_1000", "W12_1000/loop"]
    _ = try ToolRunner.run(
      ["bench", "workloads"] + names + ["--seconds", "0", "--record", sums.path, "--json", figures.path])
    let reports = try json(try String(contentsOf: figures, encoding: .utf8))
    #expect(reports.compactMap { $0["workload"] as? String } == names)
    #expect(reports.allSatisfy { ($0["first"] as? Double ?? 0) > ($0["compile"] as? Double ?? 1) })
    let again = try ToolRunner.run(["bench", "workloads"] + names + ["--seconds", "0", "--expect", sums.path])
    #expect(again.status == 0, "\(again.errors)")
    let other = try String(contentsOf: sums, encoding: .utf8).replacingOccurrences(of: " 1.", with: " 9.")
    try other.write(to: sums, atomically: true, encoding: .utf8)
    try ToolRunner.fail(
      ["bench", "workloads", "W1", "--seconds", "0", "--expect", sums.path], "'W1' gave other results")
  }

  @Test func workloadsAnswerOnDemand() throws {
    // Standard input is empty: the first line alone.
    let text = try ToolRunner.succeed("bench", "workloads", "W2", "--on-demand", "--memory")
    #expect(text.split(separator: "\n").count == 1, "\(text)")
    #expect(try json("[\(text)]")[0]["arenaBytes"] is Int)
    #expect(try ToolRunner.succeed("bench", "workloads", "--list").contains("W13/scan: 64 layers"))
  }

  @Test func threadsAreCompared() throws {
    let text = try ToolRunner.succeed(
      "bench", "threads", "--scale", "0.01", "--repetitions", "1", "--threads", "3", "--json")
    let reports = try json(text)
    #expect(reports.count >= 10 && reports.allSatisfy { $0["threads"] as? Int == 3 })
    #expect(try ToolRunner.succeed("run", "--help").contains("--threads"))
  }

  @Test func wrongUseIsExplained() throws {
    try ToolRunner.fail(["bench", "workloads", "W99"], "no workload 'W99'")
    try ToolRunner.fail(["bench", "workloads", "--on-demand"], status: 64, "one workload")
    try ToolRunner.fail(["bench", "workloads", "W1", "--data", "/nowhere"], "xy.npy")
    try ToolRunner.fail(["bench", "nothing"], "there is no model 'nothing'")
    try ToolRunner.fail(["bench", "scale", "1"], status: 64, "size")
    try ToolRunner.fail(["bench", "scalar", "--repetitions", "0"], status: 64, "--repetitions")
    try ToolRunner.fail(["bench", "kernels", "--sizes", "many"], status: 64, "many")
  }
}
