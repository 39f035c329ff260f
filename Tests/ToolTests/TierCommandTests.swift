import Foundation
import GradC
import GradCRuntime
import TestSupport
import Testing

/// The code of a compiler of the system, as users of the tool meet it: with every instruction set, with a folder that several
/// processes fill, and without any compiler.
@Suite struct TierCommandTests {
  private let folder: TemporaryFolder
  private let cache: URL

  init() throws {
    folder = try TemporaryFolder()
    cache = folder.file("cache")
    for (name, graph) in try Self.graphs() { _ = try folder.write(graph.description, name + ".tir") }
    let elements = (0..<300).map { Double(($0 * 37) % 101) / 50 - 1 }
    try NDArray(elements).write(toNPYFile: folder.file("x.npy").path)
  }

  /// Vectors in registers and in memory, sums, and functions that the runtime has as text.
  private static func graphs() throws -> [(String, Graph)] {
    let wave = try trace("wave", .input("x", .f64, [300])) { x in
      let wave: Tensor = sin(x) * x
      let bell: Tensor = tanh(x) * exp(-x * x)
      return wave.sum() / 3.0 + (bell * log(1.0 + x * x)).sum()
    }
    let bump = try trace("bump", .input("x", .f64, [300])) { x in (erf(x) * cos(x * 3.0) + atan(x)).sum() }
    return [("wave", try wave.graph.transformed(.valueAndGrad)), ("bump", try bump.graph.transformed(.valueAndGrad))]
  }

  private func run(_ name: String, _ arguments: String..., with variables: [String: String] = [:]) throws -> Run {
    try place.run(name, arguments, variables)
  }

  private struct Run: Sendable {
    var outcome: Subprocess
    var files: [String: Data]
    var hasSucceeded: Bool { outcome.hasSucceeded && !files.isEmpty }
  }

  /// The folder as other threads know it.
  private struct Place: Sendable {
    let folder: URL

    /// Runs a graph; what it wrote comes back by name.
    func run(_ name: String, _ arguments: [String], _ variables: [String: String]) throws -> Run {
      let results = folder.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: results, withIntermediateDirectories: true)
      let standard = [
        "XDG_CACHE_HOME": folder.appending(path: "cache").path, "GRADC_CACHE_BYTES": "", "GRADC_TIER": "",
        "GRADC_CC": "cc", "GRADC_ACCURACY": "",
      ]
      let outcome = try Subprocess.run(
        ToolRunner.path.path,
        ["run", folder.appending(path: name + ".tir").path, "--input", "x=\(folder.appending(path: "x.npy").path)"]
          + ["--output-dir", results.path] + arguments,
        environment: standard.merging(variables) { _, new in new })
      var files: [String: Data] = [:]
      for file in try FileManager.default.contentsOfDirectory(atPath: results.path) {
        files[file] = try Data(contentsOf: results.appendingPathComponent(file))
      }
      return Run(outcome: outcome, files: files)
    }
  }

  private var place: Place { Place(folder: folder.url) }

  private var entries: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: cache.path + "/gradc")) ?? []).sorted()
  }

  private func script(_ text: String) throws -> String {
    let path = try folder.write("#!/bin/sh\n\(text)\n", UUID().uuidString)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  // MARK: Instruction sets

  @Test(arguments: ["avx2", "baseline"]) func tiersAgree(on instructionSet: String) throws {
    for name in ["wave", "bump"] {
      let variables = ["GRADC_ISA": instructionSet]
      let zero = try run(name, "--tier", "0", with: variables)
      let one = try run(name, "--tier", "1", with: variables)
      #expect(zero.hasSucceeded && one.hasSucceeded, "\(zero.outcome) \(one.outcome)")
      #expect(zero.files == one.files)
    }
    // Code for one is not used for another.
    #expect(entries.count == 2)
    #expect(try run("wave", "--tier", "1").hasSucceeded)
    #expect(entries.count == (hasMore(than: instructionSet) ? 3 : 2))
  }

  /// Whether this process selects more than an instruction set.
  private func hasMore(than name: String) -> Bool {
    let order = ["baseline", "avx2", "avx512"]
    let selected = String(cString: gradc_isa_name())
    return (order.firstIndex(of: selected) ?? 0) > (order.firstIndex(of: name) ?? 0)
  }

  @Test func accuracyIsAnOption() throws {
    let high = try run("wave", "--tier", "0")
    let low = try run("wave", "--tier", "0", "--accuracy", "low")
    #expect(low.hasSucceeded && low.files.count == high.files.count && low.files != high.files)
    #expect(try run("wave", "--tier", "1", "--accuracy", "low").files == low.files)
    #expect(try run("wave", with: ["GRADC_ACCURACY": "low"]).files == low.files)
    // Libraries that are kept are told apart.
    #expect(try run("wave", "--tier", "1").files == high.files && entries.count == 2)
    let wrong = try run("wave", "--accuracy", "best")
    #expect(wrong.outcome.status == 64 && wrong.outcome.errors.contains("best"))
    let text = try ToolRunner.succeed("dump", "scalar", "--stage", "c", "--dialect", "tile", "--accuracy", "low")
    #expect(text.contains("scalar_exp_u35_f64"))
  }

  // MARK: One folder, many processes

  @Test func processesFillOneFolder() async throws {
    let expected = try ["wave": run("wave", "--tier", "0").files, "bump": run("bump", "--tier", "0").files]
    // Their names, and what they hold.
    #expect(try run("wave", "--tier", "1").hasSucceeded)
    let wave = try #require(entries.first)
    #expect(try run("bump", "--tier", "1").hasSucceeded)
    let bump = try #require(entries.first { $0 != wave })
    let files = URL(fileURLWithPath: cache.path + "/gradc")
    let whole = try Data(contentsOf: files.appendingPathComponent(bump))
    // One is cut off; the other is sound, but another program's, and anyone could have put it there.
    try whole.prefix(whole.count / 2).write(to: files.appendingPathComponent(bump))
    try whole.write(to: files.appendingPathComponent(wave))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o666], ofItemAtPath: files.appendingPathComponent(wave).path)

    let place = place
    try await withThrowingTaskGroup(of: (String, Run).self) { group in
      for name in ["wave", "bump", "wave", "bump"] {
        group.addTask { (name, try place.run(name, ["--tier", "1"], [:])) }
      }
      for try await (name, found) in group {
        #expect(found.hasSucceeded, "\(name): \(found.outcome)")
        #expect(found.files == expected[name])
      }
    }
    // Both were built again, and nothing unfinished is left.
    #expect(entries == [wave, bump].sorted())
    for name in entries {
      let attributes = try FileManager.default.attributesOfItem(atPath: files.appendingPathComponent(name).path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(attributes[.size] as? Int ?? 0 > whole.count / 2)
    }
    // From now on no compiler is started but for its version.
    let counting = try script("echo \"$@\" >> \(folder.file("calls").path)\nexec cc \"$@\"")
    for _ in 0..<2 { #expect(try run("wave", "--tier", "1", with: ["GRADC_CC": counting]).hasSucceeded) }
    let calls = try String(contentsOf: folder.file("calls"), encoding: .utf8).split(separator: "\n")
    #expect(calls.filter { $0.contains("-shared") }.count == 1 && calls.count == 3, "\(calls)")
  }

  // MARK: No compiler

  private func expectTier0(_ variables: [String: String], _ parts: String...) throws {
    let expected = try run("wave", "--tier", "0")
    let forced = try run("wave", "--tier", "1", with: variables)
    #expect(forced.outcome.hasExited && forced.outcome.status == 1 && forced.files.isEmpty, "\(forced.outcome)")
    for part in ["'wave_value_and_grad' has no code of tier 1"] + parts {
      #expect(forced.outcome.errors.contains(part), "\(forced.outcome.errors)")
    }
    for tier in ["0", "auto"] {
      let other = try run("wave", "--tier", tier, with: variables)
      #expect(other.hasSucceeded && other.files == expected.files, "\(other.outcome)")
    }
  }

  @Test(arguments: ["", "/nonexistent/cc", "nonexistent-cc"]) func thereIsNoCompiler(_ named: String) throws {
    try expectTier0(["PATH": "", "GRADC_CC": named], "there is no C compiler")
  }

  /// Others are not tried.
  @Test(arguments: ["/nonexistent/cc", "nonexistent-cc -m64"]) func theNamedCompilerIsNotThere(_ named: String) throws {
    try expectTier0(["GRADC_CC": named], "GRADC_CC is '\(named)', which names no program")
  }

  @Test func theNamedCompilerHasOptions() throws {
    let log = folder.file("options").path
    let named = try script("echo \"$1 $2\" >> \(log)\nshift 2\nexec cc \"$@\"") + " first second"
    #expect(try run("wave", "--tier", "1", with: ["GRADC_CC": named]).hasSucceeded)
    #expect(try String(contentsOfFile: log, encoding: .utf8).hasPrefix("first second\n"))
  }

  @Test func theCompilerFails() throws {
    try expectTier0(["PATH": "", "GRADC_CC": script("exit 1")], "there is no C compiler")
  }

  @Test func theCompilerWritesRubbish() throws {
    let garbling = "while [ $# -gt 1 ]; do [ \"$1\" = -o ] && echo garbage > \"$2\"; shift; done"
    try expectTier0(["PATH": "", "GRADC_CC": script(garbling)], "there is no C compiler")
  }

  /// Not even its version comes.
  @Test func theCompilerHangs() throws {
    let start = ContinuousClock.now
    try expectTier0(["PATH": "", "GRADC_CC": script("exec /bin/sleep 3000")], "does not answer")
    #expect(ContinuousClock.now - start < .seconds(600))
  }
}
