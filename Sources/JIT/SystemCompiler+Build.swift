import CEmitter
import GradCRuntime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension SystemCompiler {
  /// Compiles C into a shared library; units of a divided source side by side, on as many processors as threads share work.
  func build(
    _ source: VectorSource, to output: String, flags: [String], in folder: TemporaryFolder,
    until deadline: ContinuousClock.Instant
  ) throws(CompilationError) {
    let ending = ["-shared", "-o", output]
    if source.units.isEmpty {
      try run([Call(arguments: flags + ending, source: source.source, input: "unit.c")], in: folder, until: deadline)
    } else {
      let calls = source.units.indices.map { number in
        Call(
          arguments: flags + ["-DGRADC_UNIT=\(number)", "-c", "-o", folder.file("unit\(number).o")],
          source: source.text(ofUnit: number), input: "unit\(number).c")
      }
      try run(calls, in: folder, until: deadline)
      let objects = source.units.indices.map { folder.file("unit\($0).o") }
      try run([Call(arguments: flags + ending + objects)], in: folder, until: deadline)
    }
    guard access(output, R_OK) == 0 else { throw CompilationError(message: "\(name) made no library") }
  }

  /// What the compiler is called with, and the file that it reads.
  private struct Call {
    var arguments: [String]
    var source: [UInt8] = []
    var input: String?
  }

  private static let greatestProcessCount = 64

  /// Makes calls, some at a time; the first that fails ends the others.
  private func run(
    _ calls: [Call], in folder: TemporaryFolder, until deadline: ContinuousClock.Instant
  ) throws(CompilationError) {
    let width = min(max(1, Int(gradc_threads())), Self.greatestProcessCount)
    var running: [(number: Int, child: ChildProcess)] = []
    defer { for (_, child) in running { child.end() } }
    var (next, pause) = (0, ChildProcess.Pause())
    while next < calls.count || !running.isEmpty {
      while next < calls.count, running.count < width {
        running.append((next, try start(calls[next], next, in: folder)))
        next += 1
      }
      var stillRunning: [(number: Int, child: ChildProcess)] = []
      for (number, child) in running {
        guard let outcome = child.poll() else {
          stillRunning.append((number, child))
          continue
        }
        try check(outcome, log: log(number, in: folder))
        if let input = calls[number].input { unlink(folder.file(input)) }
        pause = ChildProcess.Pause()
      }
      let hasEnded = stillRunning.count < running.count
      running = stillRunning
      if hasEnded || running.isEmpty { continue }
      if ContinuousClock.now >= deadline { throw CompilationError(message: "\(name) took too long") }
      pause.sleep()
    }
  }

  private func log(_ number: Int, in folder: TemporaryFolder) -> String { folder.file("log\(number)") }

  private func start(
    _ call: Call, _ number: Int, in folder: TemporaryFolder
  ) throws(CompilationError) -> ChildProcess {
    var inputs: [String] = []
    if let input = call.input.map(folder.file) {
      guard writeFile(call.source, to: input) else { throw CompilationError(message: "\(input) can't be written") }
      inputs.append(input)
    }
    let arguments = options + call.arguments + inputs + ["-lm"]
    guard let child = ChildProcess(path, arguments, log: log(number, in: folder), in: folder) else {
      throw CompilationError(message: "\(name) can't be started")
    }
    return child
  }

  private func check(_ outcome: ChildProcess.Outcome, log: String) throws(CompilationError) {
    switch outcome {
    case .exited(0), .unknown: break
    case .exited(let status):
      let messages = readFile(log, atMost: 4000).map { String(decoding: $0, as: UTF8.self) } ?? ""
      throw CompilationError(message: "\(name) ended with status \(status): \(messages)")
    case .killed(let signal): throw CompilationError(message: "\(name) was ended by signal \(signal)")
    case .outOfTime: throw CompilationError(message: "\(name) took too long")
    }
  }
}
