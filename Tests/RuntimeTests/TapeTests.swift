import GradCRuntime
import Testing

@Suite struct TapeTests {
  @Test func rowsAreKeptWhileTapesGrow() throws {
    var tape = gradc_tape()
    defer { gradc_aligned_free(tape.rows) }
    var capacities: Set<Int64> = []
    for row in 0..<5000 as Range<Int64> {
      #expect(gradc_tape_reserve(&tape, row + 1, 24) == 0)
      let rows = try #require(tape.rows)
      #expect(tape.capacity >= (row + 1) * 24)
      rows.storeBytes(of: row, toByteOffset: Int(row) * 24, as: Int64.self)
      rows.storeBytes(of: -row, toByteOffset: Int(row) * 24 + 16, as: Int64.self)
      capacities.insert(tape.capacity)
    }
    // By doubling: 64, 128, …
    #expect(capacities.count < 16)
    let rows = try #require(tape.rows)
    for row in 0..<5000 {
      #expect(rows.load(fromByteOffset: row * 24, as: Int64.self) == row)
      #expect(rows.load(fromByteOffset: row * 24 + 16, as: Int64.self) == -row)
    }
  }

  @Test func whatIsThereIsEnough() throws {
    var tape = gradc_tape()
    defer { gradc_aligned_free(tape.rows) }
    #expect(gradc_tape_reserve(&tape, 1000, 8) == 0)
    let (rows, capacity) = (tape.rows, tape.capacity)
    for count in [1000, 1, 0] as [Int64] { #expect(gradc_tape_reserve(&tape, count, 8) == 0) }
    #expect(tape.rows == rows && tape.capacity == capacity)
  }

  @Test func emptyRowsHaveAPlace() {
    var tape = gradc_tape()
    defer { gradc_aligned_free(tape.rows) }
    #expect(gradc_tape_reserve(&tape, 3, 0) == 0)
    #expect(tape.rows != nil)
  }

  @Test func noMemoryChangesNothing() {
    var tape = gradc_tape()
    defer { gradc_aligned_free(tape.rows) }
    #expect(gradc_tape_reserve(&tape, 10, 8) == 0)
    let (rows, capacity) = (tape.rows, tape.capacity)
    for (count, bytes) in [(.max, .max), (.max, 1), (1 << 40, 1 << 40), (-1, 8), (1, -8)] as [(Int64, Int64)] {
      #expect(gradc_tape_reserve(&tape, count, bytes) != 0)
      #expect(tape.rows == rows && tape.capacity == capacity)
    }
  }
}
