import Basics
import KernelIR
import Testing

@Suite struct InterpreterTests {
  private func vector(_ numbers: [Double]) -> HostBuffer { HostBuffer(TensorType(.f32, [numbers.count]), numbers) }

  @Test func lanesAreCombinedByHalves() throws {
    let program = try Program(
      parsing: """
        program p arena 0 {
          buffer x: f32[70] = parameter 0
          buffer y: f32[] = result 0
          kernel k { axis i0 = 70
            %0: accumulator f32 = add
            tile i0 {
              %1: tile f32 = load x[i0]
              accumulate %0, %1
            }
            %2: f32 = finish %0
            store y[0], %2
          }
        }
        """)
    var numbers = (0..<70).map { Float($0) * 1e-3 + 1 }
    numbers[3] = 1e8
    numbers[35] = -1e8
    var lanes = [Float](repeating: 0, count: 32)
    for (position, number) in numbers.enumerated() { lanes[position % 32] += number }
    for half in [16, 8, 4, 2, 1] { for lane in 0..<half { lanes[lane] += lanes[lane + half] } }
    let input = vector(numbers.map(Double.init))
    for width in [32, 64, 96] {
      let output = try program.interpret([input], tileWidth: width)
      #expect(output[0].elements[0].doubleValue == Double(lanes[0]))
    }
  }

  @Test func runningSums() throws {
    let program = try Program(
      parsing: """
        program p arena 64 {
          buffer x: f32[4] = parameter 0
          buffer t: f32[4] = temporary 0
          buffer y: f32[4] = result 0
          kernel scan { axis i0 = 4
            %0: accumulator f32 = add
            loop i0 {
              %1: f32 = load x[i0]
              accumulate %0, %1
              %2: f32 = finish %0
              store t[i0], %2
            }
          }
          kernel copy { axis i0 = 4 tile i0 { %0: tile f32 = load t[-1*i0 + 3] store y[i0], %0 } }
        }
        """)
    #expect(try program.interpret([vector([1, 2, 3, 4])])[0] == vector([10, 6, 3, 1]))
  }

  @Test func scattersAddInOrderAndClamp() throws {
    let program = try Program(
      parsing: """
        program p arena 0 {
          buffer k: i32[5] = parameter 0
          buffer y: f32[3] = result 0
          kernel k { axis i0 = 3 axis i1 = 5
            %0: f32 = constant 0.5
            tile i0 { store y[i0], %0 }
            tile i1 {
              %1: tile i32 = load k[i1]
              %2: tile f32 = index i1
              scatter add y[0], %1, stride 1, limit 3, %2
            }
          }
        }
        """)
    let selectors = HostBuffer(TensorType(.i32, [5]), [-4.0, 1, 1, 2, 9])
    #expect(try program.interpret([selectors])[0] == vector([0.5, 3.5, 7.5]))
  }

  @Test func productsOfTransposedSlices() throws {
    let program = try Program(
      parsing: """
        program p arena 0 {
          buffer a: f32[2,3] = parameter 0
          buffer b: f32[2,3] = parameter 1
          buffer c: f32[4] = result 0
          gemm f32 m 1 n 2 k 3 batch 2 {
            c = c[0] rows 2 slices 2
            a = a[0] rows 3 slices 3
            b = b[0] rows 3 slices 0 transposed
          }
        }
        """)
    let a = HostBuffer(TensorType(.f32, [2, 3]), [1.0, 2, 3, 4, 5, 6])
    let b = HostBuffer(TensorType(.f32, [2, 3]), [1.0, 0, 1, 0, 1, 0])
    #expect(try program.interpret([a, b])[0] == vector([4, 2, 10, 5]))
  }

  @Test func wrongInputs() throws {
    let program = try Program(parsing: "program p arena 0 { buffer x: f32[4] = parameter 0 }")
    #expect(throws: Diagnostics.self) { try program.interpret([]) }
    #expect(throws: Diagnostics.self) { try program.interpret([vector([1])]) }
    let huge = try Program(parsing: "program p arena 0 { buffer x: f32[10000000000000] = result 0 }")
    #expect(throws: Diagnostics.self) { try huge.interpret([]) }
  }
}
