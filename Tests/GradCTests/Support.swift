import GradC
import Testing

/// Checks that tracing `body`, written on the line of the call, gives this fault at this line.
func expectFault(
  _ message: String, line: Int = #line, column: Int = #column,
  @TraceBody _ body: (Tensor, Tensor) throws -> Tensor
) {
  let place = Testing.SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: column)
  do {
    _ = try trace("faulty", .input("x", .f32, [4, 3]), .input("i", .i32, [4]), body: body)
    Issue.record("no fault", sourceLocation: place)
  } catch let error as Diagnostics {
    #expect(error.all.map(\.message) == [message], sourceLocation: place)
    #expect(error.all.first?.location?.line == line, sourceLocation: place)
    #expect(error.all.first?.location?.file.hasPrefix("GradCTests/") == true, sourceLocation: place)
  } catch {
    Issue.record("\(error)", sourceLocation: place)
  }
}

/// The diagnostics that `body` throws.
func diagnostics(_ body: () throws -> Void) -> [Diagnostic] {
  do {
    try body()
    return []
  } catch let error as Diagnostics {
    return error.all
  } catch {
    Issue.record("\(error)")
    return []
  }
}

struct Layer: TensorStructure, Equatable {
  var weight: Tensor
  var bias: Tensor?

  static func == (a: Layer, b: Layer) -> Bool { "\(a)" == "\(b)" }

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("weight", &weight)
    visitor.visit("bias", &bias)
  }
}

struct Model: TensorStructure {
  var layers: [Layer]
  var scales: [String: Tensor]

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("layers", &layers)
    visitor.visit("scales", &scales)
  }
}
