import Foundation
import JIT
import Synchronization
import TestSupport
import Testing

#if os(Linux)
  /// One line of the process's memory map.
  private struct Mapping {
    let range: Range<UInt>
    let rights: String
  }

  private func mappings() throws -> [Mapping] {
    let file = try #require(FileHandle(forReadingAtPath: "/proc/self/maps"))
    defer { try? file.close() }
    let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    return text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count >= 2 else { return nil }
      let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      guard bounds.count == 2, bounds[0] <= bounds[1] else { return nil }
      return Mapping(range: bounds[0]..<bounds[1], rights: String(fields[1]))
    }
  }

  @Suite(.serialized) struct CodePagesTests {
    @Test func codeIsReadExecute() throws {
      let module = try compile(cubeSource)
      let code = try mappings().filter { $0.range.overlaps(module.codeRange) }
      #expect(code.map(\.rights) == ["r-xp"])
    }

    @Test func noPageIsEverWritableAndExecutable() throws {
      let isEnough = Atomic(false)
      let compiled = Atomic(0)
      let ended = DispatchSemaphore(value: 0)
      let compiler = Thread {
        while !isEnough.load(ordering: .relaxed) {
          if (try? compile(cubeSource)) == nil { break }
          compiled.add(1, ordering: .relaxed)
        }
        isEnough.store(true, ordering: .relaxed)
        ended.signal()
      }
      compiler.start()
      defer {
        isEnough.store(true, ordering: .relaxed)
        ended.wait()
      }
      var offending = 0
      var round = 0
      while !isEnough.load(ordering: .relaxed), round < 300 || compiled.load(ordering: .relaxed) <= 50 {
        offending += try pageRights.withLock { _ in try mappings().filter(isWritableCode).count }
        round += 1
      }
      #expect(offending == 0)
      let hasFailed = isEnough.load(ordering: .relaxed)
      #expect(!hasFailed, "Compilation failed.")
    }

    /// Writable and executable, and of a module's size: a shared library may have made all stacks executable.
    private func isWritableCode(_ mapping: Mapping) -> Bool {
      (mapping.rights.hasPrefix("rwx") || mapping.rights.hasPrefix("-wx")) && mapping.range.count < 1 << 16
    }

    @Test func nothingIsLeftAfterDeinit() async {
      // In a process of its own, where no other test takes memory.
      await #expect(processExitsWith: .success) {
        try compileMany(200)
        let before = (try mappings().count, try residentPages())
        try compileMany(2000)
        let after = (try mappings().count, try residentPages())
        #expect(after.0 <= before.0 + 8)
        // 2000 leaked states would be 100 MB, 2000 leaked pages 8 MB.
        #expect(after.1 <= before.1 + 1024)
      }
    }
  }

  private func compileMany(_ count: Int) throws {
    for index in 0..<count {
      _ = try compile("void entry(double *b) { b[0] = \(index); }")
      _ = try? compile("void entry(double *b) { b[0] = x\(index); }")
    }
  }

  private func residentPages() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return try #require(Int(text.split(separator: " ")[1]))
  }
#endif

@Suite struct ConcurrencyTests {
  @Test func threadsCompileAndCall() async throws {
    let sums = try await withThrowingTaskGroup(of: Double.self) { group in
      for worker in 0..<8 {
        group.addTask {
          var sum = 0.0
          for round in 0..<50 {
            let module = try compile(
              "void entry(void *const *b) { *(double *)b[1] = *(double *)b[0] * \(worker) + \(round); }")
            sum += try run(module, input: [2], outputCount: 1)[0]
          }
          return sum
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let expected: [Double] = (0..<8).map { 100 * Double($0) + 1225 }
    #expect(sums.sorted() == expected)
  }

  @Test func threadsCallOneModule() async throws {
    let module = try compile(cubeSource)
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<8 {
        group.addTask {
          for _ in 0..<200 {
            let x = Double(worker)
            #expect((try? run(module, input: [x, 1], outputCount: 1)) == [x * x * x + 1])
          }
        }
      }
    }
  }
}
