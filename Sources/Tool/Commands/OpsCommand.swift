import ArgumentParser
import GradC

struct OpsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ops", abstract: "Lists the operations of tensor IR and the kinds of their rules.")

  func run() throws {
    var table = Table(["operation", "forward mode", "reverse mode", "batching", "lowering"])
    for op in OperationInfo.all { table.add([op.name, op.forward, op.reverse, op.batching, op.lowering]) }
    print(table.text)
  }
}
