import KernelIR
import Testing

@testable import Passes

/// Products that are added become fmas; what the kernel looks like before and after.
@Suite struct ContractTests {
  private func contracted(_ body: String) throws -> Kernel? {
    let program = try program(body)
    try program.verify()
    let result = program.contracted()
    try result.verify()
    guard result != program, case .kernel(let kernel) = result.steps[0] else { return nil }
    return kernel
  }

  private func program(_ body: String) throws -> Program {
    try Program(
      parsing: """
        program p arena 0 {
          buffer x: f32[100] = parameter 0
          buffer y: f32[100] = parameter 1
          buffer k: i32[100] = parameter 2
          buffer r: f32[100] = result 0
          buffer j: i32[100] = result 1
          kernel k { axis i0 = 100 axis i1 = 5 \(body) }
        }
        """)
  }

  private func kernel(_ body: String) throws -> Kernel {
    let program = try program(body)
    try program.verify()
    guard case .kernel(let kernel) = program.steps[0] else { throw Unexpected() }
    return kernel
  }

  private struct Unexpected: Error {}

  private let loads = "%0: tile f32 = load x[i0] %1: tile f32 = load y[i0]"

  @Test func mulAdd() throws {
    let expected = try kernel("tile i0 { \(loads) %2: tile f32 = fma %0, %1, %0 store r[i0], %2 }")
    for sum in ["add %2, %0", "add %0, %2"] {
      let found = try contracted(
        "tile i0 { \(loads) %2: tile f32 = mul %0, %1 %3: tile f32 = \(sum) store r[i0], %3 }")
      #expect(found == expected)
    }
  }

  @Test func mulSub() throws {
    #expect(
      try contracted("tile i0 { \(loads) %2: tile f32 = mul %0, %1 %3: tile f32 = sub %2, %0 store r[i0], %3 }")
        == kernel("tile i0 { \(loads) %2: tile f32 = neg %0 %3: tile f32 = fma %0, %1, %2 store r[i0], %3 }"))
    // A constant that is subtracted is a constant with the other sign.
    #expect(
      try contracted(
        "%4: f32 = constant 0.5 tile i0 { \(loads) %2: tile f32 = mul %0, %1 %3: tile f32 = sub %2, %4 store r[i0], %3 }"
      )
        == kernel(
          """
          %4: f32 = constant -0.5 %3: f32 = constant 0.5
          tile i0 { \(loads) %2: tile f32 = fma %0, %1, %4 store r[i0], %2 }
          """))
    // And so is the number of a product.
    for product in ["mul %0, %4", "mul %4, %0"] {
      #expect(
        try contracted(
          """
          %4: f32 = constant 0.5
          tile i0 {
            \(loads) %2: tile f32 = mul %0, %1 %5: tile f32 = \(product) %3: tile f32 = sub %2, %5 store r[i0], %3
          }
          """)
          == kernel(
            """
            %4: f32 = constant -0.5 %3: f32 = constant 0.5
            tile i0 { \(loads) %5: tile f32 = mul %0, %4 %2: tile f32 = fma %0, %1, %5 store r[i0], %2 }
            """))
    }
  }

  @Test func subMul() throws {
    #expect(
      try contracted("tile i0 { \(loads) %2: tile f32 = mul %0, %1 %3: tile f32 = sub %0, %2 store r[i0], %3 }")
        == kernel("tile i0 { \(loads) %2: tile f32 = neg %1 %3: tile f32 = fma %0, %2, %0 store r[i0], %3 }"))
    // The factor that is the same for all elements takes the sign.
    #expect(
      try contracted(
        """
        %4: f32 = load y[3]
        tile i0 { \(loads) %2: tile f32 = mul %4, %0 %3: tile f32 = sub %1, %2 store r[i0], %3 }
        """)
        == kernel(
          """
          %4: f32 = load y[3]
          tile i0 { \(loads) %2: f32 = neg %4 %3: tile f32 = fma %0, %2, %1 store r[i0], %3 }
          """))
  }

  @Test func theFirstOfTwoProducts() throws {
    #expect(
      try contracted(
        """
        tile i0 { \(loads) %2: tile f32 = mul %0, %0 %3: tile f32 = mul %1, %1 %4: tile f32 = add %2, %3 store r[i0], %4 }
        """)
        == kernel(
          "tile i0 { \(loads) %2: tile f32 = mul %1, %1 %3: tile f32 = fma %0, %0, %2 store r[i0], %3 }"))
  }

  @Test func whatStays() throws {
    // Two users, integers, scalar code, another list of statements, nothing that is added.
    for body in [
      "tile i0 { \(loads) %2: tile f32 = mul %0, %1 %3: tile f32 = add %2, %2 store r[i0], %3 }",
      "tile i0 { \(loads) %2: tile f32 = mul %0, %1 %3: tile f32 = add %2, %0 %4: tile f32 = add %3, %2 store r[i0], %4 }",
      """
      tile i0 { %0: tile i32 = load k[i0] %1: tile i32 = mul %0, %0 %2: tile i32 = add %1, %0 store j[i0], %2 }
      """,
      "loop i0 { %0: f32 = load x[i0] %1: f32 = load y[i0] %2: f32 = mul %0, %1 %3: f32 = add %2, %0 store r[i0], %3 }",
      """
      tile i0 { \(loads) %2: tile f32 = mul %0, %1 %4: accumulator f32 = add
        loop i1 { %3: tile f32 = add %2, %0 accumulate %4, %3 } %5: tile f32 = finish %4 store r[i0], %5 }
      """,
      "tile i0 { \(loads) %2: tile f32 = mul %0, %1 %3: tile f32 = max %2, %0 store r[i0], %3 }",
    ] {
      let found = try contracted(body)
      #expect(found == nil, "\(body)")
    }
  }

  @Test func contractingTwiceChangesNothing() throws {
    let program = try program(
      "tile i0 { \(loads) %2: tile f32 = mul %0, %1 %3: tile f32 = sub %2, %0 store r[i0], %3 }")
    #expect(program.contracted().contracted() == program.contracted())
  }
}
