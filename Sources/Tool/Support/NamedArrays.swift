import GradC

/// Arrays for parameters of a graph, given on the command line as `name=file.npy`.
struct NamedArrays {
  /// Those that could be read.
  private(set) var arrays: [String: NDArray] = [:]
  /// Everything that is wrong with the others.
  private(set) var faults: [Diagnostic] = []
  /// The parameters that are given, well or not.
  private(set) var names: Set<String> = []

  init(_ arguments: [String], for graph: Graph) {
    for argument in arguments {
      guard let parameter = Self.parameter(of: graph, namedBy: argument) else {
        let known = graph.parameters.map { "'\($0.name)'" }.joined(separator: ", ")
        faults.append(Diagnostic("'\(graph.name)' has no parameter '\(argument.prefix { $0 != "=" })', only \(known)"))
        continue
      }
      let name = parameter.name
      let path = String(decoding: argument.utf8.dropFirst(name.utf8.count + 1), as: UTF8.self)
      if !names.insert(name).inserted { faults.append(Diagnostic("parameter '\(name)' is given twice")) }
      do throws(Diagnostic) {
        let array = try NDArray(contentsOfNPYFile: path)
        if array.tensorType != parameter.type {
          faults.append(
            Diagnostic(
              "parameter '\(name)' of '\(graph.name)' is \(parameter.type), but \(path) holds \(array.tensorType)"))
        }
        arrays[name] = array
      } catch {
        faults.append(error)
      }
    }
  }

  /// The parameter whose name and a `=` an argument starts with; the longest, as a name may have a `=` itself.
  private static func parameter(of graph: Graph, namedBy argument: String) -> Graph.Port? {
    graph.parameters.filter { argument.utf8.starts(with: ($0.name + "=").utf8) }
      .max { $0.name.utf8.count < $1.name.utf8.count }
  }

  /// The first argument that is no name and file.
  static func malformed(_ arguments: [String]) -> String? { arguments.first { !$0.contains("=") } }
}
