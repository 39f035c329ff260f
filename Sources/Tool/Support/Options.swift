import ArgumentParser
import GradC
import GradCModels

/// A built-in model, and what is to be made of it.
struct ModelOptions: ParsableArguments {
  @Argument(help: "A model; 'gradc models' lists them.")
  var model: String

  @Option(help: "What to differentiate into: \(TransformName.list).")
  var transform = TransformName.derivative(.valueAndGrad)

  /// The transformed graph.
  func graph() throws -> Graph {
    let model = try Model.required(model)
    return try transform.applied(to: model.graph(), of: model)
  }
}

/// A transform as it is written on the command line.
enum TransformName: ExpressibleByArgument {
  case none
  case derivative(Graph.Transform)

  static let list = (Graph.Transform.allCases.map(\.rawValue) + ["none"]).joined(separator: ", ")

  init?(argument: String) {
    if argument == "none" {
      self = .none
    } else if let transform = Graph.Transform(rawValue: argument) {
      self = .derivative(transform)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String {
    switch self {
    case .none: "none"
    case .derivative(let transform): transform.rawValue
    }
  }

  func applied(to graph: Graph, of model: Model) throws -> Graph {
    switch self {
    case .none: graph
    case .derivative(let transform): try graph.transformed(transform, wrt: model.differentiated)
    }
  }
}

extension Model {
  /// The model of a name.
  ///
  /// - Throws: `Diagnostic` that lists the models there are.
  static func required(_ name: String) throws(Diagnostic) -> Model {
    if let model = named(name) { return model }
    throw Diagnostic("there is no model '\(name)'; models are \(all.map(\.name).joined(separator: ", "))")
  }
}

/// A dtype that has derivatives, as it is written on the command line.
enum FloatingDType: String, ExpressibleByArgument, CaseIterable {
  case f32, f64

  var dtype: DType {
    switch self {
    case .f32: .f32
    case .f64: .f64
    }
  }
}

/// That C can include a header by this name, which is that of an option's file.
func validateHeaderName(_ name: String, of option: String) throws {
  if name.isEmpty { throw ValidationError("\(option) needs a name") }
  if name.unicodeScalars.contains(where: { "/\\\"".unicodeScalars.contains($0) || $0.value < 0x20 }) {
    throw ValidationError("\(option): C can't include a header by the name '\(name)'; leave out \\, / and \"")
  }
}
