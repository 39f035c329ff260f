import Foundation
import TestSupport
import Testing

@Suite struct GradBenchCommandTests {
  /// What the tool answers to lines, one object each.
  private func answers(_ lines: [String], _ options: String...) throws -> [[String: Any]] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("gradbench-\(UUID().uuidString)")
    try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let command = "'\(ToolRunner.path.path)' gradbench \(options.joined(separator: " ")) < '\(file.path)'"
    let outcome = try Subprocess.run("/bin/sh", ["-c", command])
    #expect(outcome.hasExited && outcome.status == 0, "\(outcome.errors)")
    return try outcome.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  private func evaluate(_ id: Int, _ module: String, _ function: String, _ input: String) -> String {
    #"{"id":\#(id),"kind":"evaluate","module":"\#(module)","function":"\#(function)","input":\#(input)}"#
  }

  @Test func aSessionIsAnswered() throws {
    let answers = try answers([
      #"{"id":0,"kind":"start","eval":"hello","config":{"a":[1]}}"#,
      #"{"id":1,"kind":"define","module":"hello"}"#,
      evaluate(2, "hello", "square", "3"),
      #"{"id":3,"kind":"analysis","of":2,"valid":true}"#,
      evaluate(4, "lse", "gradient", #"{"x":[5.0,5.0],"min_runs":3,"min_seconds":0}"#),
      #"{"id":5,"kind":"something new"}"#,
    ])
    #expect(answers.count == 6 && answers.enumerated().allSatisfy { $0.element["id"] as? Int == $0.offset })
    #expect(answers[0]["tool"] as? String == "gradc")
    #expect(answers[1]["success"] as? Bool == true)
    #expect(answers[2]["output"] as? Double == 9)
    #expect(answers[3].count == 1 && answers[5].count == 1)
    #expect(answers[4]["output"] as? [Double] == [0.5, 0.5])
    let timings = try #require(answers[4]["timings"] as? [[String: Any]])
    #expect(timings.map { $0["name"] as? String } == ["prepare", "evaluate", "evaluate", "evaluate"])
    #expect(timings.allSatisfy { ($0["nanoseconds"] as? Int ?? 0) > 0 })
  }

  @Test func runsLastAsLongAsAskedFor() throws {
    let input = #"{"x":[1.0],"min_runs":1,"min_seconds":0.05}"#
    let answer = try #require(try answers([evaluate(0, "lse", "primal", input)]).first)
    let timings = try #require(answer["timings"] as? [[String: Any]])
    let seconds = timings.compactMap { $0["nanoseconds"] as? Int }.reduce(0, +)
    #expect(timings.count > 2, "\(timings.count) timings, \(seconds) ns")
  }

  @Test func wrongMessagesAreAnsweredAndTheNextIsRead() throws {
    let nested = String(repeating: "[", count: 100_000)
    let lines = [
      "no JSON", "{", "[]", "null", #"{"id":"x","kind":"start"}"#, #"{"kind":"start"}"#, nested,
      #"{"id":0,"kind":"start","eval":"#,
      #"{"id":99999999999999999999999,"kind":"start"}"#,
      "{\"id\":0,\"kind\":\"\u{0}\"}",
    ]
    let answers = try answers(lines + [#"{"id":7,"kind":"start","eval":"hello"}"#])
    #expect(answers.count == lines.count + 1)
    for (line, answer) in zip(lines, answers) {
      #expect(answer["success"] as? Bool == false, "\(line.prefix(40))")
      #expect((answer["error"] as? String)?.isEmpty == false, "\(line.prefix(40))")
    }
    #expect(answers.last?["id"] as? Int == 7 && answers.last?["tool"] as? String == "gradc")
  }

  @Test func refusalsHaveReasons() throws {
    let cases: [(line: String, reason: String)] = [
      (#"{"id":0,"kind":"define","module":"nothing"}"#, "no module 'nothing'"),
      (#"{"id":0,"kind":"define"}"#, "no module"),
      (evaluate(0, "nothing", "square", "3"), "no module 'nothing'"),
      (evaluate(0, "hello", "cube", "3"), "no function 'cube', but square, double"),
      (#"{"id":0,"kind":"evaluate","module":"hello","function":"square"}"#, "'input' is missing"),
      (evaluate(0, "hello", "square", #""three""#), "input"),
      (evaluate(0, "hello", "square", "1e999"), ""),
      (evaluate(0, "hello", "square", "1e200"), "inf"),
      (evaluate(0, "llsq", "primal", #"{"x":[1],"n":-4}"#), "'n' is -4"),
      (evaluate(0, "llsq", "primal", #"{"x":[1],"n":4,"min_runs":"many"}"#), "min_runs"),
      (evaluate(0, "lse", "primal", #"{"x":[]}"#), ""),
      (evaluate(0, "det", "primal", #"{"A":[1,2,3],"ell":2}"#), "'A' has 3 numbers, not 4"),
      (evaluate(0, "det", "primal", #"{"A":[1],"ell":50}"#), "'ell' is 50"),
    ]
    let answers = try answers(cases.map(\.line))
    #expect(answers.count == cases.count)
    for (answer, (line, reason)) in zip(answers, cases) {
      #expect(answer["id"] as? Int == 0 && answer["success"] as? Bool == false, "\(line)")
      let error = answer["error"] as? String ?? ""
      #expect(!error.isEmpty && (reason.isEmpty || error.contains(reason)), "\(line): \(error)")
    }
  }

  @Test func hugeLinesAreRead() throws {
    let numbers = [String](repeating: "0.25", count: 400_000).joined(separator: ",")
    let answers = try answers([
      evaluate(0, "lse", "primal", #"{"x":[\#(numbers)]}"#), String(repeating: "x", count: 3_000_000),
      #"{"id":1,"kind":"start"}"#,
    ])
    #expect(answers.count == 3)
    let value = try #require(answers[0]["output"] as? Double)
    #expect(abs(value - (0.25 + log(400_000))) < 1e-9)
    #expect(answers[1]["success"] as? Bool == false && answers[2]["tool"] as? String == "gradc")
  }

  @Test(arguments: ["0", "1", "auto"])
  func tiersAndThreadsAgree(_ tier: String) throws {
    let answers = try answers(
      [
        evaluate(0, "saddle", "ff", #"{"start":[1.0,1.0]}"#),
        evaluate(1, "det", "gradient", #"{"A":[1,2,3,4],"ell":2}"#),
      ],
      "--tier", tier, "--threads", "2")
    #expect((answers[0]["output"] as? [Double])?.allSatisfy { abs($0) < 1e-5 } == true)
    #expect(answers[1]["output"] as? [Double] == [4, -3, -2, 1])
    #expect(try ToolRunner.run(["gradbench", "--tier", "2"]).status == 64)
    #expect(try ToolRunner.run(["gradbench", "--threads", "0"]).status == 64)
  }

  @Test func functionsAreMeasuredWithoutTheHarness() throws {
    let text = try ToolRunner.succeed(
      "bench", "gradbench", "hello", "det", "lse/gradient", "--smallest", "--seconds", "0", "--json")
    let reports = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    #expect(
      reports.map { "\($0["eval"] ?? "")/\($0["function"] ?? "")" } == [
        "hello/square", "hello/double", "det/primal", "det/gradient", "lse/gradient",
      ])
    #expect(reports.allSatisfy { (($0["call"] as? [String: Any])?["median"] as? Double ?? 0) > 0 })
    #expect(try ToolRunner.succeed("bench", "gradbench", "saddle/ff", "--seconds", "0").contains("saddle"))
    try ToolRunner.fail(["bench", "gradbench", "nothing"], "no eval 'nothing'")
    try ToolRunner.fail(["bench", "gradbench", "det/nothing"], "no function 'nothing'")
  }

  @Test func graphsOfFunctionsAreShown() throws {
    #expect(try ToolRunner.succeed("dump", "gradbench/hello/double", "--stage", "c").contains("double"))
    #expect(try ToolRunner.succeed("dump", "gradbench/det/primal/8").contains("f64[64]"))
    try ToolRunner.fail(["dump", "gradbench/det/nothing"], "no function 'nothing'")
    try ToolRunner.fail(["dump", "gradbench/det/primal/99"], "no input '99'")
  }
}
