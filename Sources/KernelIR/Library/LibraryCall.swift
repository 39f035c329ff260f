package import Basics

/// A routine of the runtime applied to every slice of a batch: what no nest of loops over tiles would do well.
package struct LibraryCall: Hashable, Sendable {
  /// Where the slices of an argument lie: dense and row-major, slice s at element `offset + s · batchStride`.
  package struct Argument: Hashable, Sendable {
    package var buffer: BufferID
    package var offset: Int
    package var batchStride: Int

    package init(buffer: BufferID, offset: Int = 0, batchStride: Int) {
      self.buffer = buffer
      self.offset = offset
      self.batchStride = batchStride
    }
  }

  package var routine: LibraryRoutine
  /// The dtype that the routine computes in.
  package var dtype: DType
  package var batchCount: Int
  package var inputs: [Argument]
  package var outputs: [Argument]
  /// A temporary of bool, one element a byte, whose contents mean nothing before and after; `nil` if the routine needs
  /// none.
  package var workspace: BufferID?
  /// How many slices threads may take at once, each such chunk with a workspace of its own, see `workspaceStep`; `nil` if
  /// one thread does it all.
  package var chunk: Int?
  /// The tensor ops this call came from, for comments.
  package var origins: [String]

  package init(
    routine: LibraryRoutine, dtype: DType, batchCount: Int, inputs: [Argument], outputs: [Argument],
    workspace: BufferID?, chunk: Int? = nil, origins: [String]
  ) {
    self.routine = routine
    self.dtype = dtype
    self.batchCount = batchCount
    self.inputs = inputs
    self.outputs = outputs
    self.workspace = workspace
    self.chunk = chunk
    self.origins = origins
  }

  /// The call with other numbers for its buffers.
  package func mapBuffers(_ change: (BufferID) -> BufferID) -> LibraryCall {
    var call = self
    for index in inputs.indices { call.inputs[index].buffer = change(inputs[index].buffer) }
    for index in outputs.indices { call.outputs[index].buffer = change(outputs[index].buffer) }
    call.workspace = workspace.map(change)
    return call
  }

  /// All buffers it touches, and whether it writes them.
  package var buffers: [(buffer: BufferID, isWritten: Bool)] {
    inputs.map { ($0.buffer, false) } + outputs.map { ($0.buffer, true) } + (workspace.map { [($0, true)] } ?? [])
  }
}
