package import Basics

/// Functions in order, each under a name of its own. The first is the main one.
package struct Module: Hashable, Sendable {
  package var functions: [Function]

  package init(_ functions: [Function]) { self.functions = functions }

  package var main: Function? { functions.first }

  /// The first function of this name.
  package subscript(name name: String) -> Function? { functions.first { $0.name == name } }

  package static func == (a: Module, b: Module) -> Bool {
    a.functions == b.functions && a.functions.map(\.name) == b.functions.map(\.name)
  }

  /// Throws unless every function verifies and no name occurs twice.
  package func verify() throws(Diagnostics) {
    var found: [Diagnostic] = []
    var names: Set<String> = []
    for function in functions {
      if !names.insert(function.name).inserted {
        found.append(Diagnostic("two functions of a module are named '\(function.name)'", kind: .bug))
      }
      do { try function.verify() } catch { found += error.all }
    }
    if !found.isEmpty { throw Diagnostics(found) }
  }
}
