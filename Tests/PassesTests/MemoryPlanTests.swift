import Basics
import KernelIR
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

/// Properties of memory plans, on random functions without loops; for programs with loops see `LoopMemoryTests`.
@Suite struct MemoryPlanTests {
  private func programs(_ kind: RandomFunction.Kind, _ count: Int) throws -> [(
    random: RandomFunction, program: Program
  )] {
    try fuzzSeeds(count).map { seed in
      let random = try RandomFunction(seed: seed, .init(kind))
      return (random, try Pipelines.standard.run(random.function).lowered())
    }
  }

  /// Numbers that no step reads are not written out: C compilers warn of them.
  @Test func unusedConstantsAreGone() throws {
    let program = try Program(
      parsing: """
        program p arena 0 {
          buffer x: f64[2] = parameter 0
          buffer y: f64[2] = result 0
          buffer read: f64[2] = constant [1.0, 2.0]
          buffer unread: f64[2] = constant [3.0, 4.0]
          kernel add { axis i0 = 2 tile i0 {
            %0: tile f64 = load x[i0] %1: tile f64 = load read[i0] %2: tile f64 = add %0, %1 store y[i0], %2 } }
        }
        """)
    #expect(try MemoryPlan.apply(to: program).buffers.map(\.name) == ["x", "y", "read"])
  }

  @Test func temporariesAreAlignedAndInsideTheArena() throws {
    for (random, program) in try programs(.moderate, 150) {
      #expect(program.arenaByteCount % 64 == 0)
      var end = 0
      for buffer in program.buffers {
        guard case .temporary(let offset) = buffer.role else { continue }
        #expect(offset % 64 == 0 && offset >= 0, "\(random)\n\(program)")
        end = max(end, offset + (buffer.type.byteCount + 63) / 64 * 64)
      }
      // No byte more than the last temporary needs.
      #expect(program.arenaByteCount == end, "\(random)\n\(program)")
    }
  }

  @Test func liveTemporariesDoNotOverlap() throws {
    var shared = 0
    for (random, program) in try programs(.moderate, 150) {
      let lives = lives(program)
      let placed = program.buffers.indices.compactMap { buffer -> (memory: Range<Int>, life: ClosedRange<Int>)? in
        guard case .temporary(let offset) = program.buffers[buffer].role, let life = lives[buffer] else { return nil }
        return (offset..<offset + program.buffers[buffer].type.byteCount, life)
      }
      for (number, one) in placed.enumerated() {
        for other in placed[..<number] where one.memory.overlaps(other.memory) {
          shared += 1
          #expect(!one.life.overlaps(other.life), "\(random)\n\(program)")
        }
      }
    }
    #expect(shared > 0)
  }

  /// The sharing of memory shows in no result: each program computes the same bits with every temporary in a place of
  /// its own.
  @Test(arguments: RandomFunction.Kind.allCases)
  func sharingMemoryChangesNothing(_ kind: RandomFunction.Kind) throws {
    for (random, program) in try programs(kind, 60) {
      var apart = program
      apart.arenaByteCount = 0
      for buffer in apart.buffers.indices {
        guard case .temporary = apart.buffers[buffer].role else { continue }
        apart.buffers[buffer].role = .temporary(offset: apart.arenaByteCount)
        apart.arenaByteCount += (apart.buffers[buffer].type.byteCount + 63) / 64 * 64
      }
      let inputs = random.inputs.map { HostBuffer($0.type, $0.scalars) }
      #expect(try program.interpret(inputs) == apart.interpret(inputs), "\(random)\n\(program)")
    }
  }

  /// At every step the arena has room for what is live, and it is never far more than the step that needs most.
  @Test func theArenaIsAboutAsLargeAsWhatIsLiveAtOnce() throws {
    for (random, program) in try programs(.smooth, 150) {
      let lives = lives(program)
      var most = 0
      for step in program.steps.indices {
        var live = 0
        for (buffer, life) in lives {
          guard case .temporary = program.buffers[buffer].role, life.contains(step) else { continue }
          live += (program.buffers[buffer].type.byteCount + 63) / 64 * 64
        }
        most = max(most, live)
      }
      #expect(program.arenaByteCount <= most * 3 / 2, "\(random)\n\(program)")
    }
  }

  @Test func everyProgramVerifies() throws {
    for (_, program) in try programs(.moderate, 150) { try program.verify() }
  }

  // MARK: Lives, found without the planner

  private func lives(_ program: Program) -> [BufferID: ClosedRange<Int>] {
    var lives: [BufferID: ClosedRange<Int>] = [:]
    for (number, step) in program.steps.enumerated() {
      [step].forEachBuffer { buffer, _ in lives[buffer] = (lives[buffer]?.lowerBound ?? number)...number }
    }
    return lives
  }
}
