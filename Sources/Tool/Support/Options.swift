import ArgumentParser
import Foundation
import GradBenchModels
import GradC
import GradCModels

/// A model or a file, and what is to be made of it.
struct ModelOptions: ParsableArguments {
  @Argument(
    help:
      "A model, which 'gradc models' lists, a function of GradBench such as gradbench/gmm/jacobian, or a file of tensor IR."
  )
  var model: String

  @Option(
    help: """
      What to differentiate into: \(TransformName.list). Without, value-and-grad of a model whose result is a \
      scalar, none of others and of files.
      """)
  var transform: TransformName?

  @Option(
    help: "The parameters to differentiate by, separated by commas; without, those of the model, or all floating.")
  var wrt: String?

  @Option(
    help: ArgumentHelp(
      "The elements of an integer parameter, for sparse transforms: where elements are gathered from depends on it.",
      valueName: "name=file.npy"))
  var indices: [String] = []

  func validate() throws {
    if let wrong = NamedArrays.malformed(indices) {
      throw ValidationError("--indices takes name=file.npy, not '\(wrong)'")
    }
  }

  /// What is asked for, before it is transformed.
  func program() throws -> Program {
    let chosen = wrt.map { $0.split(separator: ",").map(String.init) }
    let evalGraph = try Eval.graph(model)
    let model = Model.named(model)
    let graph = try evalGraph ?? model?.graph() ?? file()
    let hasGradient = graph.results.first.map { $0.type.dtype.isFloating && $0.type.rank == 0 } ?? false
    let given = NamedArrays(indices, for: graph)
    if !given.faults.isEmpty { throw Diagnostics(given.faults) }
    return Program(
      graph: graph, differentiated: chosen ?? model?.differentiated, indices: given.arrays,
      transform: transform ?? (model != nil && hasGradient ? .derivative(.valueAndGrad) : .none))
  }

  private func file() throws -> Graph {
    guard FileManager.default.fileExists(atPath: model) else { return try Model.required(model).graph() }
    return try Graph(parsing: Files.text(at: model), file: model)
  }

  /// The transformed graph.
  func graph() throws -> Graph { try program().transformed() }
}

/// A graph and what it is differentiated into.
struct Program {
  let graph: Graph
  /// The parameters to differentiate by; `nil` is all floating ones.
  let differentiated: [String]?
  let indices: [String: NDArray]
  let transform: TransformName

  func transformed() throws -> Graph { try transform.applied(to: graph, wrt: differentiated, indices: indices) }
}

/// A transform as it is written on the command line.
enum TransformName: ExpressibleByArgument, Equatable {
  case none
  case derivative(Graph.Transform)
  case sparseJacobian
  case sparseHessian

  static let list =
    (Graph.Transform.allCases.map(\.rawValue) + ["sparse-jacobian", "sparse-hessian", "none"]).joined(separator: ", ")

  init?(argument: String) {
    switch argument {
    case "none": self = .none
    case "sparse-jacobian": self = .sparseJacobian
    case "sparse-hessian": self = .sparseHessian
    default:
      guard let transform = Graph.Transform(rawValue: argument) else { return nil }
      self = .derivative(transform)
    }
  }

  var defaultValueDescription: String {
    switch self {
    case .none: "none"
    case .derivative(let transform): transform.rawValue
    case .sparseJacobian: "sparse-jacobian"
    case .sparseHessian: "sparse-hessian"
    }
  }

  func applied(to graph: Graph, of model: Model) throws -> Graph {
    try applied(to: graph, wrt: model.differentiated, indices: [:])
  }

  /// - Parameter indices: The elements of integer parameters, for sparse transforms.
  func applied(to graph: Graph, wrt names: [String]?, indices: [String: NDArray]) throws -> Graph {
    switch self {
    case .none: graph
    case .derivative(let transform): try graph.transformed(transform, wrt: names)
    case .sparseJacobian: try graph.sparseJacobian(wrt: names, indices: indices).values
    case .sparseHessian: try graph.sparseHessian(wrt: names, indices: indices).values
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
